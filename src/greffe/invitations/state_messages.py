"""What each state of an invitation says: to the person, to the registry, and whose step is next."""

from dataclasses import dataclass
from typing import Literal

from greffe.law.rows import Text

Owner = Literal["person", "registry", "nobody"]


@dataclass(frozen=True, slots=True)
class StateWords:
    """What a state says: to the person, to the officer, the next step of each, and whose it is."""

    person: Text
    officer: Text
    person_next: Text
    officer_next: Text
    owner: Owner


OWNERS: dict[Owner, Text] = {
    "person": Text(en="The person who was invited", fr="La personne invitée"),
    "registry": Text(en="The registry", fr="Le greffe"),
    "nobody": Text(en="Nobody", fr="Personne"),
}

STATES: dict[str, StateWords] = {
    "asked": StateWords(
        person=Text(en="You asked to be invited.", fr="Vous avez demandé une invitation."),
        officer=Text(en="Somebody asks to be invited.", fr="Quelqu’un demande une invitation."),
        person_next=Text(
            en="The registry looks whether you are counsel in an active case, and writes to you.",
            fr="Le greffe vérifie si vous êtes conseil dans un dossier actif, puis vous écrit.",
        ),
        officer_next=Text(
            en="Find who it is among counsel with an active case, and invite them; or revoke.",
            fr="Trouvez qui c’est parmi les conseils qui ont un dossier actif, et invitez cette"
            " personne\u00a0; sinon, révoquez.",
        ),
        owner="registry",
    ),
    "invited": StateWords(
        person=Text(en="You are invited to the portal.", fr="Vous êtes invité au portail."),
        officer=Text(
            en="The invitation was sent; the form has not come back.",
            fr="L’invitation est envoyée\u00a0; le formulaire n’est pas revenu.",
        ),
        person_next=Text(
            en="Fill in the registration form and return it.",
            fr="Remplissez le formulaire d’inscription et retournez-le.",
        ),
        officer_next=Text(
            en="Wait for the form, send the invitation again, or enter a form that came on paper.",
            fr="Attendez le formulaire, envoyez de nouveau l’invitation, ou saisissez un formulaire"
            " reçu sur papier.",
        ),
        owner="person",
    ),
    "form-returned": StateWords(
        person=Text(
            en="We have your registration form.", fr="Nous avons votre formulaire d’inscription."
        ),
        officer=Text(en="The registration form came back.", fr="Le formulaire est revenu."),
        person_next=Text(
            en="There is nothing to do. We look at it, then propose times for a meeting.",
            fr="Vous n’avez rien à faire. Nous l’examinons, puis vous proposons des moments pour"
            " une rencontre.",
        ),
        officer_next=Text(
            en="Review the form, then propose times for the identity meeting.",
            fr="Examinez le formulaire, puis proposez des moments pour la rencontre d’identité.",
        ),
        owner="registry",
    ),
    "meeting-proposed": StateWords(
        person=Text(
            en="We propose times for your identity meeting.",
            fr="Nous vous proposons des moments pour votre rencontre d’identité.",
        ),
        officer=Text(en="Times for the meeting were proposed.", fr="Des moments sont proposés."),
        person_next=Text(
            en="Choose the time that suits you.", fr="Choisissez le moment qui vous convient."
        ),
        officer_next=Text(
            en="Wait for the answer, or enter the time that the person chose by telephone.",
            fr="Attendez la réponse, ou inscrivez le moment que la personne a choisi au téléphone.",
        ),
        owner="person",
    ),
    "scheduled": StateWords(
        person=Text(
            en="Your identity meeting is scheduled.", fr="Votre rencontre d’identité est fixée."
        ),
        officer=Text(en="The meeting is scheduled.", fr="La rencontre est fixée."),
        person_next=Text(
            en="Join the meeting at that time, with your identity documents.",
            fr="Participez à la rencontre au moment prévu, avec vos pièces d’identité.",
        ),
        officer_next=Text(
            en="Hold the meeting, then record its outcome.",
            fr="Tenez la rencontre, puis inscrivez-en le résultat.",
        ),
        owner="registry",
    ),
    "held": StateWords(
        person=Text(
            en="Your identity meeting was held.", fr="Votre rencontre d’identité a eu lieu."
        ),
        officer=Text(
            en="The meeting was held; whether the identity is confirmed is not decided.",
            fr="La rencontre a eu lieu\u00a0; il reste à décider si l’identité est confirmée.",
        ),
        person_next=Text(
            en="There is nothing to do. We write to you.",
            fr="Vous n’avez rien à faire. Nous vous écrirons.",
        ),
        officer_next=Text(
            en="Confirm the identity or not, or propose times for another meeting.",
            fr="Confirmez l’identité ou non, ou proposez des moments pour une autre rencontre.",
        ),
        owner="registry",
    ),
    "confirmed": StateWords(
        person=Text(en="Your identity is confirmed.", fr="Votre identité est confirmée."),
        officer=Text(en="The identity is confirmed.", fr="L’identité est confirmée."),
        person_next=Text(
            en="There is nothing to do. We send you a code for the portal.",
            fr="Vous n’avez rien à faire. Nous vous envoyons un code pour le portail.",
        ),
        officer_next=Text(en="Issue the invitation code.", fr="Délivrez le code d’invitation."),
        owner="registry",
    ),
    "refused": StateWords(
        person=Text(
            en="Your identity could not be confirmed.",
            fr="Votre identité n’a pas pu être confirmée.",
        ),
        officer=Text(en="The identity was not confirmed.", fr="L’identité n’est pas confirmée."),
        person_next=Text(
            en="Call or write to us to know why, and ask for another invitation if something has"
            " changed. You can go on filing on paper.",
            fr="Appelez-nous ou écrivez-nous pour savoir pourquoi, et demandez une autre invitation"
            " si quelque chose a changé. Vous pouvez continuer de déposer sur papier.",
        ),
        officer_next=Text(
            en="Nothing is left to do. The person can be invited anew.",
            fr="Il n’y a plus rien à faire. La personne peut être invitée de nouveau.",
        ),
        owner="nobody",
    ),
    "code-issued": StateWords(
        person=Text(
            en="Your code for the portal was sent.", fr="Votre code pour le portail est envoyé."
        ),
        officer=Text(en="The code was issued.", fr="Le code est délivré."),
        person_next=Text(
            en="Sign in, or create a credential, and enter the code.",
            fr="Ouvrez une session, ou créez un justificatif, et entrez le code.",
        ),
        officer_next=Text(
            en="Wait until the code is entered, or issue another one if it was lost.",
            fr="Attendez que le code soit entré, ou délivrez-en un autre s’il est perdu.",
        ),
        owner="person",
    ),
    "activated": StateWords(
        person=Text(en="You have joined the portal.", fr="Vous avez rejoint le portail."),
        officer=Text(en="The person has joined the portal.", fr="La personne est sur le portail."),
        person_next=Text(
            en="Sign in to see your cases.", fr="Ouvrez une session pour voir vos dossiers."
        ),
        officer_next=Text(en="Nothing is left to do.", fr="Il n’y a plus rien à faire."),
        owner="nobody",
    ),
    "expired": StateWords(
        person=Text(en="Your invitation has expired.", fr="Votre invitation est expirée."),
        officer=Text(
            en="The invitation expired: nothing was done in time.",
            fr="L’invitation est expirée\u00a0: rien n’a été fait à temps.",
        ),
        person_next=Text(
            en="Call or write to us, or ask for another invitation.",
            fr="Appelez-nous ou écrivez-nous, ou demandez une autre invitation.",
        ),
        officer_next=Text(
            en="Send the invitation again, or issue another code if the identity was confirmed.",
            fr="Envoyez de nouveau l’invitation, ou délivrez un autre code si l’identité avait été"
            " confirmée.",
        ),
        owner="nobody",
    ),
    "revoked": StateWords(
        person=Text(
            en="This invitation is no longer valid.", fr="Cette invitation n’est plus valable."
        ),
        officer=Text(en="The invitation was revoked.", fr="L’invitation est révoquée."),
        person_next=Text(
            en="Call or write to us if you have questions.",
            fr="Appelez-nous ou écrivez-nous si vous avez des questions.",
        ),
        officer_next=Text(
            en="Nothing is left to do. The person can be invited anew.",
            fr="Il n’y a plus rien à faire. La personne peut être invitée de nouveau.",
        ),
        owner="nobody",
    ),
}
"""The words of every state of `law.states.INVITATION`."""
