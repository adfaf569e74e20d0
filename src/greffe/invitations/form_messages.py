"""Codes to text: what is wrong with a registration form, or with a row of a list."""

from greffe.invitations.lists import WrongRow
from greffe.invitations.messages import REFUSALS
from greffe.invitations.refusals import FormProblem
from greffe.law.rows import Text

PROBLEMS: dict[str, Text] = {
    "name-missing": Text(en="Enter your full name.", fr="Inscrivez votre nom au complet."),
    "address-missing": Text(en="Enter your postal address.", fr="Inscrivez votre adresse postale."),
    "mobile-missing": Text(
        en="Enter a mobile number: we send a code to it by text message.",
        fr="Inscrivez un numéro de mobile\u00a0: nous y envoyons un code par texto.",
    ),
    "mobile-wrong": Text(
        en="This is not a telephone number. Write ten digits, for example 514 555 0123, or + and"
        " the code of the country.",
        fr="Ce n’est pas un numéro de téléphone. Écrivez dix chiffres, par exemple 514 555 0123,"
        " ou + et l’indicatif du pays.",
    ),
    "phone-wrong": Text(
        en="This is not a telephone number. Write ten digits, for example 514 555 0123, or leave"
        " it empty.",
        fr="Ce n’est pas un numéro de téléphone. Écrivez dix chiffres, par exemple 514 555 0123,"
        " ou laissez vide.",
    ),
    "email-missing": Text(
        en="Enter your e-mail address.", fr="Inscrivez votre adresse de courriel."
    ),
    "email-wrong": Text(
        en="This is not an e-mail address. It looks like name@example.ca.",
        fr="Ce n’est pas une adresse de courriel. Elle ressemble à nom@exemple.ca.",
    ),
    "language-missing": Text(
        en="Choose English or French.", fr="Choisissez l’anglais ou le français."
    ),
    "regulator-missing": Text(
        en="Choose who regulates you from the list.",
        fr="Choisissez dans la liste l’organisme qui vous réglemente.",
    ),
    "membership-missing": Text(
        en="Choose as what you are a member.", fr="Choisissez à quel titre vous en êtes membre."
    ),
    "membership-of-another": Text(
        en="This regulator has no members of that kind. Check both answers.",
        fr="Cet organisme n’a pas de membres à ce titre. Vérifiez les deux réponses.",
    ),
    "number-missing": Text(
        en="Enter your membership number.", fr="Inscrivez votre numéro de membre."
    ),
    "number-wrong": Text(
        en="A membership number has two to 32 letters and digits. Write it as the regulator does.",
        fr="Un numéro de membre a de 2 à 32 lettres et chiffres. Écrivez-le comme l’organisme.",
    ),
    "too-long": Text(en="This is too long. Shorten it.", fr="C’est trop long. Raccourcissez-le."),
}


def problem_text(problem: FormProblem) -> Text:
    """The words for what is wrong with a field of a registration form."""
    return PROBLEMS[problem.code]


LISTS: dict[str, Text] = {
    "list-too-large": Text(
        en="A list has {most} rows at most. Split it in two.",
        fr="Une liste a au plus {most} lignes. Séparez-la en deux.",
    ),
    "list-not-utf8": Text(
        en="This file cannot be read. Save it as CSV with UTF-8, then choose it again.",
        fr="Ce fichier est illisible. Enregistrez-le en CSV avec UTF-8, puis choisissez-le de"
        " nouveau.",
    ),
    "list-not-csv": Text(
        en="This file is not a CSV list. Save the list as CSV, then choose it again.",
        fr="Ce fichier n’est pas une liste CSV. Enregistrez la liste en CSV, puis choisissez-la de"
        " nouveau.",
    ),
    "list-empty": Text(en="The list is empty.", fr="La liste est vide."),
    "list-no-headings": Text(
        en="The first line must name the columns: file number, name, channel, address, language.",
        fr="La première ligne doit nommer les colonnes\u00a0: numéro de dossier, nom, voie,"
        " adresse, langue.",
    ),
    "row-too-long": Text(
        en="A box of this row is too long.", fr="Une case de cette ligne est trop longue."
    ),
    "row-file-number": Text(
        en="“{given}” is not a file number.",
        fr="«\u00a0{given}\u00a0» n’est pas un numéro de dossier.",
    ),
    "row-no-name": Text(en="The name is missing.", fr="Le nom manque."),
    "row-channel": Text(
        en="“{given}” is not a way to send: write e-mail, mail or fax.",
        fr="«\u00a0{given}\u00a0» n’est pas une voie d’envoi\u00a0: écrivez courriel, poste ou"
        " télécopieur.",
    ),
    "row-language": Text(
        en="“{given}” is not a language: write English or French, or leave it empty.",
        fr="«\u00a0{given}\u00a0» n’est pas une langue\u00a0: écrivez français ou anglais, ou"
        " laissez vide.",
    ),
    "row-no-case": Text(
        en="No active case of your office has the number {file}.",
        fr="Aucun dossier actif de votre bureau ne porte le numéro {file}.",
    ),
    "row-not-counsel": Text(
        en="{name} is not counsel on the record in {file}.",
        fr="{name} n’est pas conseil au dossier {file}.",
    ),
    "row-several": Text(
        en="Several counsel in this case are named {name}: invite the right one by hand.",
        fr="Plusieurs conseils à ce dossier se nomment {name}\u00a0: invitez la bonne personne à la"
        " main.",
    ),
}


def list_text(row: WrongRow) -> Text:
    """The words for what is wrong with a row of a list, or with the list."""
    if row.code in LISTS:
        words = LISTS[row.code]
        return Text(en=words.en.format_map(row.values), fr=words.fr.format_map(row.values))
    return next(said.text for code, said in REFUSALS.items() if code == row.code)
