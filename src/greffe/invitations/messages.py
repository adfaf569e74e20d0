"""Codes to text: why nothing was done with an invitation."""

from dataclasses import dataclass

from greffe.invitations.refusals import RefusalCode
from greffe.invitations.state_messages import OWNERS, STATES, Owner, StateWords
from greffe.law.rows import Text

__all__ = [
    "OWNERS",
    "STATES",
    "Message",
    "Owner",
    "StateWords",
    "refusal_text",
]


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, and what to do. `field` is the field of the form that it is about."""

    text: Text
    remedy: Text
    field: str = ""


_LOOK = Text(
    en="Look at the invitation as it is now.", fr="Consultez l’invitation telle qu’elle est."
)
_SUPPORT = Text(en="Call or write to support.", fr="Appelez ou écrivez au soutien.")
_TYPE_AGAIN = Text(
    en="Look at the code in your letter or e-mail, and type it again.",
    fr="Regardez le code dans votre lettre ou votre courriel, et tapez-le de nouveau.",
)

REFUSALS: dict[RefusalCode, Message] = {
    "not-yours": Message(
        Text(
            en="Nothing was changed: this invitation is not one of your office.",
            fr="Rien n’a changé\u00a0: cette invitation ne relève pas de votre bureau.",
        ),
        Text(en="Write to the office that handles it.", fr="Écrivez au bureau qui s’en occupe."),
    ),
    "not-now": Message(
        Text(
            en="Nothing was changed: the invitation has moved on since you opened the page.",
            fr="Rien n’a changé\u00a0: l’invitation a avancé depuis que vous avez ouvert la page.",
        ),
        _LOOK,
    ),
    "stale": Message(
        Text(
            en="Nothing was changed: somebody else has changed it since you opened the page.",
            fr="Rien n’a changé\u00a0: quelqu’un d’autre l’a modifiée depuis que vous avez ouvert"
            " la page.",
        ),
        _LOOK,
    ),
    "no-active-case": Message(
        Text(
            en="Nobody was invited: this person is not counsel in an active case of your office.",
            fr="Personne n’est invité\u00a0: cette personne n’est conseil dans aucun dossier actif"
            " de votre bureau.",
        ),
        Text(
            en="Put them on the record of the case first, or have another office invite them.",
            fr="Inscrivez-la d’abord au dossier, ou demandez à un autre bureau de l’inviter.",
        ),
        "person",
    ),
    "not-in-case": Message(
        Text(
            en="Nobody was invited: this is not the person’s own case, or not an active one of your"
            " office.",
            fr="Personne n’est invité\u00a0: ce n’est pas le dossier de cette personne, ou ce n’est"
            " pas un dossier actif de votre bureau.",
        ),
        Text(en="Choose the person in their case.", fr="Choisissez la personne dans son dossier."),
        "person",
    ),
    "already-invited": Message(
        Text(
            en="Nobody was invited: this person has an invitation under way.",
            fr="Personne n’est invité\u00a0: une invitation est déjà en cours pour cette personne.",
        ),
        Text(en="Send that one again.", fr="Envoyez celle-là de nouveau."),
        "person",
    ),
    "has-account": Message(
        Text(
            en="Nobody was invited: this person has an account already.",
            fr="Personne n’est invité\u00a0: cette personne a déjà un compte.",
        ),
        Text(
            en="If it cannot be used any more, say that the new account replaces it.",
            fr="S’il ne peut plus servir, indiquez que le nouveau compte le remplace.",
        ),
        "replaces_account",
    ),
    "no-address": Message(
        Text(
            en="There is no address to send the invitation to.",
            fr="Il n’y a pas d’adresse où envoyer l’invitation.",
        ),
        Text(
            en="Enter an e-mail address, a postal address or a fax number.",
            fr="Inscrivez une adresse de courriel, une adresse postale ou un numéro de"
            " télécopieur.",
        ),
        "to",
    ),
    "bad-address": Message(
        Text(
            en="This is not an e-mail address or fax number that can be used.",
            fr="Cette adresse de courriel ou ce numéro de télécopieur ne peut pas servir.",
        ),
        Text(
            en="Write name@example.ca, or the ten digits of the fax.",
            fr="Écrivez nom@exemple.ca, ou les dix chiffres du télécopieur.",
        ),
        "to",
    ),
    "party-by-letter": Message(
        Text(
            en="Claimants and appellants are invited by letter.",
            fr="Les demandeurs d’asile et les appelants sont invités par lettre.",
        ),
        Text(en="Choose mail or fax.", fr="Choisissez la poste ou le télécopieur."),
        "channel",
    ),
    "no-reason": Message(
        Text(en="Say why.", fr="Dites pourquoi."),
        Text(en="Write it in one sentence.", fr="Écrivez-le en une phrase."),
        "note",
    ),
    "form-not-accepted": Message(
        Text(
            en="The registration form is not accepted yet.",
            fr="Le formulaire d’inscription n’est pas encore accepté.",
        ),
        Text(en="Review it first.", fr="Examinez-le d’abord."),
    ),
    "no-times": Message(
        Text(en="Propose one to ten times.", fr="Proposez de un à dix moments."),
        Text(en="Enter a date and a time.", fr="Inscrivez une date et une heure."),
        "times",
    ),
    "time-passed": Message(
        Text(
            en="This time has passed at the office.",
            fr="Ce moment est déjà passé, à l’heure du bureau.",
        ),
        Text(en="Choose a time to come.", fr="Choisissez un moment à venir."),
        "times",
    ),
    "time-not-offered": Message(
        Text(en="This time is not offered any more.", fr="Ce moment n’est plus proposé."),
        Text(en="Choose one of the times below.", fr="Choisissez un des moments ci-dessous."),
        "times",
    ),
    "meeting-too-far": Message(
        Text(
            en="This time is more than six months ahead.", fr="Ce moment est dans plus de six mois."
        ),
        Text(en="Check the month and the year.", fr="Vérifiez le mois et l’année."),
        "times",
    ),
    "meeting-to-come": Message(
        Text(
            en="Nothing was recorded: the meeting is on a day to come.",
            fr="Rien n’est inscrit\u00a0: la rencontre a lieu un autre jour, à venir.",
        ),
        Text(en="Record it afterwards, or move it.", fr="Inscrivez-le après, ou déplacez-la."),
    ),
    "no-documents-seen": Message(
        Text(
            en="An identity is confirmed only with a document that you have seen.",
            fr="Une identité n’est confirmée qu’avec une pièce que vous avez vue.",
        ),
        Text(
            en="Enter its kind and the last four signs of its number.",
            fr="Inscrivez-en le genre et les quatre derniers caractères du numéro.",
        ),
        "seen",
    ),
    "bad-document-seen": Message(
        Text(
            en="Of a document, enter its kind and exactly the last four letters or digits.",
            fr="D’une pièce, inscrivez le genre et exactement les quatre derniers caractères du"
            " numéro.",
        ),
        Text(en="The whole number is never kept.", fr="Le numéro entier n’est jamais conservé."),
        "seen",
    ),
    "identity-not-confirmed": Message(
        Text(
            en="No code was issued: the identity was not confirmed at a meeting.",
            fr="Aucun code n’est délivré\u00a0: l’identité n’a pas été confirmée à une rencontre.",
        ),
        Text(en="Send the invitation again.", fr="Envoyez de nouveau l’invitation."),
    ),
    "identity-confirmed": Message(
        Text(
            en="The identity was confirmed already: the person needs a code, no new form.",
            fr="L’identité est déjà confirmée\u00a0: il faut un code, pas un autre formulaire.",
        ),
        Text(en="Issue another code.", fr="Délivrez un autre code."),
    ),
    "mistyped": Message(
        Text(
            en="This code has a typing error: a sign is wrong, missing or too many.",
            fr="Ce code comporte une erreur de frappe\u00a0: un caractère est faux, manque ou est"
            " de trop.",
        ),
        Text(
            en="A code has sixteen letters and digits. It never has the digits 0, 1 and 8, nor the"
            " letters A, B, E, I, L, O, S, U and Z.",
            fr="Un code a seize lettres et chiffres. Il ne contient jamais les chiffres 0, 1 et 8,"
            " ni les lettres A, B, E, I, L, O, S, U et Z.",
        ),
        "code",
    ),
    "wrong-code": Message(
        Text(en="This code opens nothing.", fr="Ce code n’ouvre rien."), _TYPE_AGAIN, "code"
    ),
    "code-expired": Message(
        Text(en="This code has expired.", fr="Ce code est expiré."),
        Text(
            en="Call or write to support: you will be sent another one.",
            fr="Appelez ou écrivez au soutien\u00a0: on vous en enverra un autre.",
        ),
        "code",
    ),
    "code-used": Message(
        Text(en="This code has been used already.", fr="Ce code a déjà servi."),
        Text(
            en="Sign in with the account that used it. If it was not you, call support at once.",
            fr="Ouvrez une session avec le compte qui l’a utilisé. Si ce n’était pas vous, appelez"
            " tout de suite le soutien.",
        ),
        "code",
    ),
    "code-revoked": Message(
        Text(
            en="This code is no longer valid: it was revoked, or another took its place.",
            fr="Ce code n’est plus valable\u00a0: il est révoqué, ou un autre l’a remplacé.",
        ),
        Text(
            en="Use the newest code that you were sent, or call support.",
            fr="Servez-vous du code le plus récent que vous avez reçu, ou appelez le soutien.",
        ),
        "code",
    ),
    "code-of-another": Message(
        Text(
            en="This code was issued to another person.",
            fr="Ce code a été délivré à quelqu’un d’autre.",
        ),
        Text(
            en="Use the code that was sent to you, and sign in with your own account.",
            fr="Servez-vous du code qui vous a été envoyé, et ouvrez une session avec votre propre"
            " compte.",
        ),
        "code",
    ),
    "account-taken": Message(
        Text(
            en="An account is joined to the portal for you already.",
            fr="Un compte est déjà relié au portail pour vous.",
        ),
        Text(
            en="Sign in with that one. If you cannot use it any more, call or write to support.",
            fr="Ouvrez une session avec celui-là. Si vous ne pouvez plus vous en servir, appelez ou"
            " écrivez au soutien.",
        ),
        "code",
    ),
    "phone-changed": Message(
        Text(
            en="Your mobile number has changed since we sent the text message.",
            fr="Votre numéro de mobile a changé depuis l’envoi du texto.",
        ),
        Text(
            en="Enter the invitation code again: we send a message to the new number.",
            fr="Entrez de nouveau le code d’invitation\u00a0: nous envoyons un texto au nouveau"
            " numéro.",
        ),
        "code",
    ),
}


def refusal_text(code: RefusalCode) -> Message:
    """The words for a refusal's code."""
    return REFUSALS[code]
