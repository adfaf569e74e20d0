"""What verifying a receipt can say, in both languages: proven, not proven, or a problem."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

Lang = Literal["en", "fr"]


class _Both(NamedTuple):
    en: str
    fr: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that verification found; `text` says it in a language."""

    code: str
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, lang: Lang) -> str:
        """Return the statement in words, safe for a terminal: nothing hidden, nothing reordered."""
        both = _WORDS[self.code]
        words = _spaced(both.fr) if lang == "fr" else both.en
        return words.format_map({name: visible(value) for name, value in self.values.items()})


def codes() -> frozenset[str]:
    """Return every code that has a text."""
    return frozenset(_WORDS)


def visible(text: str) -> str:
    """Show control characters and marks that reorder text by number, as ‹U+202E›."""
    return "".join(
        f"‹U+{ord(each):04X}›" if unicodedata.category(each) in _UNSEEN else each for each in text
    )


def _spaced(french: str) -> str:
    inner = french.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    return re.sub(r" ([:;?!])", "\u00a0\\1", inner)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_WORDS: dict[str, _Both] = {
    # proven
    "signed": _Both(
        "The registry “{registry}” signed receipt {number} with its key {kid}, and the signed data "
        "are unchanged.",
        "Le greffe « {registry} » a signé l’accusé de réception {number} avec sa clé {kid}, et les "
        "données signées sont inchangées.",
    ),
    "received-office": _Both(
        "It stated that it received the documents on {office} at the office, {eastern} Eastern "
        "time (date of receipt: {date}).",
        "Il a déclaré avoir reçu les documents le {office} à l’heure du greffe, {eastern} à "
        "l’heure de l’Est (date de réception : {date}).",
    ),
    "received": _Both(
        "It stated that it received the documents on {eastern}, Eastern time.",
        "Il a déclaré avoir reçu les documents le {eastern}, heure de l’Est.",
    ),
    "document": _Both(
        "Document {position}, “{name}”, is the file of {bytes} bytes with the SHA-256 fingerprint "
        "{sha256}.",
        "Le document {position}, « {name} », est le fichier de {bytes} octets dont l’empreinte "
        "SHA-256 est {sha256}.",
    ),
    "sealed": _Both(
        "No byte of this PDF has changed since the registry sealed it with its key {kid}: its "
        "pages are those that the registry made.",
        "Aucun octet de ce PDF n’a changé depuis que le greffe l’a scellé avec sa clé {kid} : ses "
        "pages sont celles que le greffe a produites.",
    ),
    "document-matches": _Both(
        "The file “{file}” is document {position} of this receipt, byte for byte.",
        "Le fichier « {file} » est, octet pour octet, le document {position} de cet accusé de "
        "réception.",
    ),
    # not proven
    "demonstration": _Both(
        "This receipt was made with demonstration keys and proves nothing.",
        "Cet accusé de réception a été produit avec des clés de démonstration et ne prouve rien.",
    ),
    "nothing": _Both(
        "Nothing is proven by this file.",
        "Ce fichier ne prouve rien.",
    ),
    "content": _Both(
        "That the content of the documents is true.",
        "Que le contenu des documents est vrai.",
    ),
    "person": _Both(
        "Who the person was, beyond the account that filed.",
        "Qui était la personne, au-delà du compte qui a déposé.",
    ),
    "key-theft": _Both(
        "That nobody stole the registry’s key.",
        "Que personne n’a volé la clé du greffe.",
    ),
    "key-list": _Both(
        "That the list of keys used here is the registry’s own: compare it with the list that the "
        "registry publishes.",
        "Que la liste de clés employée ici est bien celle du greffe : comparez-la avec celle que "
        "le greffe publie.",
    ),
    "clock": _Both(
        "When it happened, other than by the registry’s own clock.",
        "Le moment, autrement que par l’horloge du greffe.",
    ),
    "ledger": _Both(
        "That this receipt is in the registry’s ledger today.",
        "Que cet accusé de réception figure aujourd’hui au registre du greffe.",
    ),
    "timeliness": _Both(
        "That the documents were on time: the receipt has what the registry computed that day, the "
        "division decides.",
        "Que les documents ont été reçus dans le délai : l’accusé porte ce que le greffe a calculé "
        "ce jour-là, la section décide.",
    ),
    # problems
    "too-large": _Both(
        "The file is too large to be a receipt.",
        "Le fichier est trop volumineux pour être un accusé de réception.",
    ),
    "not-receipt": _Both(
        "The file is not a receipt: neither the registry’s JSON nor its PDF ({detail}).",
        "Le fichier n’est pas un accusé de réception : ni le JSON ni le PDF du greffe ({detail}).",
    ),
    "schema-unknown": _Both(
        "The file is signed, but is not a receipt that this version can read ({schema}).",
        "Le fichier est signé, mais ce n’est pas un accusé de réception que cette version sait "
        "lire ({schema}).",
    ),
    "not-envelope": _Both(
        "The file has no signature in the form of a receipt’s.",
        "Le fichier ne porte pas de signature de la forme de celle d’un accusé de réception.",
    ),
    "algorithm-unknown": _Both(
        "The signature is of a kind that the registry does not use.",
        "La signature est d’un genre que le greffe n’emploie pas.",
    ),
    "key-unknown": _Both(
        "It was signed with a key that is not among the registry’s published keys.",
        "Il a été signé avec une clé qui ne figure pas parmi les clés publiées du greffe.",
    ),
    "key-retired": _Both(
        "The time of receipt is later than the day that the key {kid} was retired.",
        "L’heure de réception est postérieure au retrait de la clé {kid}.",
    ),
    "keys-unreadable": _Both(
        "The list of published keys cannot be read.",
        "La liste des clés publiées est illisible.",
    ),
    "altered": _Both(
        "The file was altered after the registry signed it.",
        "Le fichier a été modifié après sa signature par le greffe.",
    ),
    "unsealed": _Both(
        "The PDF has no seal of the registry: anyone could have made these pages.",
        "Le PDF ne porte pas le sceau du greffe : n’importe qui pourrait avoir produit ces pages.",
    ),
    "added-after-seal": _Both(
        "Something was added to the PDF after the registry sealed it.",
        "Quelque chose a été ajouté au PDF après que le greffe l’a scellé.",
    ),
    "seal-unreadable": _Both(
        "The seal in the PDF is not one that the registry makes.",
        "Le sceau que porte le PDF n’est pas de ceux que le greffe appose.",
    ),
    "no-data": _Both(
        "The registry sealed this PDF, but it is not a receipt: it has no signed data attached.",
        "Le greffe a scellé ce PDF, mais ce n’est pas un accusé de réception : aucune donnée "
        "signée n’y est jointe.",
    ),
    "document-unknown": _Both(
        "The file “{file}” is not among the documents of this receipt: it is another file, or was "
        "changed.",
        "Le fichier « {file} » ne figure pas parmi les documents de cet accusé de réception : "
        "c’est un autre fichier, ou il a été modifié.",
    ),
    "document-unreadable": _Both(
        "The file “{file}” cannot be read.",
        "Le fichier « {file} » est illisible.",
    ),
}
