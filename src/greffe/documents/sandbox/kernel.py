"""What the Linux kernel offers to shut a process in: called by the sandboxed process upon itself.

Each function returns whether the kernel did it, so that the caller can say what holds and what does
not. Numbers are those of the kernel's headers. Standard library only (ADR 0006).
"""

import contextlib
import ctypes
import os
import platform
import signal
import struct
from pathlib import Path

NOBODY = 65534
_LATER = 10

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522

_NEW_IPC = 0x08000000
_NEW_UTS = 0x04000000
_NEW_USER = 0x10000000
_NEW_NET = 0x40000000
_APART = _NEW_NET | _NEW_IPC | _NEW_UTS

_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_VERSION = 1

# Denied to a process that has read all its code and holds its one document: (x86-64, arm64).
_DENIED: dict[str, tuple[int, int | None]] = {
    "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "sendto": (44, 206),
    "sendmsg": (46, 211), "bind": (49, 200), "listen": (50, 201), "socketpair": (53, 199),
    "accept4": (288, 242), "sendmmsg": (307, 269),
    "clone": (56, 220), "fork": (57, None), "vfork": (58, None), "clone3": (435, 435),
    "execve": (59, 221), "execveat": (322, 281),
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "kcmp": (312, 272), "process_madvise": (440, 440),
    "prlimit64": (302, 261), "setrlimit": (160, 164), "sched_setaffinity": (203, 122),
    "open": (2, None), "creat": (85, None), "openat": (257, 56), "openat2": (437, 437),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "memfd_create": (319, 279),
    "truncate": (76, 45), "rename": (82, None), "mkdir": (83, None), "rmdir": (84, None),
    "link": (86, None), "unlink": (87, None), "symlink": (88, None), "chmod": (90, None),
    "chown": (92, None), "lchown": (94, None), "mknod": (133, None), "setxattr": (188, 5),
    "mkdirat": (258, 34), "mknodat": (259, 33), "fchownat": (260, 54), "unlinkat": (263, 35),
    "renameat": (264, 38), "linkat": (265, 37), "symlinkat": (266, 36), "fchmodat": (268, 53),
    "utimensat": (280, 88), "renameat2": (316, 276),
    "chroot": (161, 51), "pivot_root": (155, 41), "mount": (165, 40), "umount2": (166, 39),
    "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "shmget": (29, 194), "shmat": (30, 196), "semget": (64, 190), "msgget": (68, 186),
    "mq_open": (240, 180),
    "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
}  # fmt: skip

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_CALLS = 0x40000000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_OFFSET_NUMBER, _OFFSET_ARCH = 0, 4
_ALLOW, _KILL, _NOT_PERMITTED = 0x7FFF0000, 0x80000000, 0x00050001

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> bool:
    """Have the kernel kill this process when `parent` (a process id) ends; False if it has already.

    A change of user or of capabilities undoes it: call again after each.
    """
    asked = _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) == 0
    return asked and os.getppid() == parent


def forbid_new_privileges() -> bool:
    """No set-user-id file will raise this process again, and nobody may trace it."""
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return bool(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def offer_to_memory_killer() -> None:
    """When memory is short the kernel should end this process before the registry's."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def come_later() -> None:
    """Get a processor after others: the pages that people wait for come first.

    Where the kernel groups processes by session (autogroup), the group's own number counts.
    """
    os.nice(_LATER)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_LATER), encoding="ascii")


def leave_namespaces() -> tuple[bool, bool, bool]:
    """Enter an empty network and new users: (user namespace, network namespace, not root).

    Root can make the network namespace and then become nobody; anyone else needs the user namespace
    first, which some distributions and containers refuse.
    """
    network = os.geteuid() == 0 and _unshare(_APART)
    unprivileged = _become_nobody()
    user = _unshare(_NEW_USER if network else _NEW_USER | _APART)
    return user, network or user, _drop_capabilities() and unprivileged


def forbid_files() -> bool:
    """By Landlock: no file can be opened, made or removed from now on; open ones can be read."""
    version = _libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION)
    if version < 1:
        return False
    attributes = ctypes.create_string_buffer(_landlock_attributes(version))
    size = len(attributes) - 1
    ruleset = _libc.syscall(_LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    done = bool(_libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)
    os.close(ruleset)
    return done


def forbid_calls() -> bool:
    """By seccomp: sockets, processes, signals, files, mounts and keys are refused from now on."""
    machine = platform.machine()
    if machine not in _AUDIT_ARCH or struct.calcsize("P") != 8:  # noqa: PLR2004 - bytes of a pointer
        return False
    program = _filter(machine)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    return bool(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def _unshare(flags: int) -> bool:
    return bool(_libc.unshare(flags) == 0)


def _become_nobody() -> bool:
    """Stop being root. A container's root that may not is an ordinary user outside of it."""
    if os.geteuid() != 0:
        return True
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError:
        return not _owns_every_user()
    return True


def _owns_every_user() -> bool:
    try:
        users = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    except OSError:
        return True
    return users == ["0", "0", str(2**32 - 1)]


def _drop_capabilities() -> bool:
    """Give back what a new user namespace brings: every capability, inside it."""
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    return bool(_libc.capset(header, struct.pack("6I", *[0] * 6)) == 0)


def _landlock_attributes(version: int) -> bytes:
    """Handle every access the kernel's version knows, with no rule that allows one."""
    files = (1 << 13) - 1
    for bit, since in ((13, 2), (14, 3), (15, 5)):
        files |= (version >= since) << bit
    fields = [files]
    if version >= 4:  # noqa: PLR2004 - the first version that knows the network
        fields.append(0b11)
    if version >= 6:  # noqa: PLR2004 - the first version that knows scopes (sockets, signals)
        fields.append(0b11)
    return struct.pack(f"{len(fields)}Q", *fields)


def _filter(machine: str) -> bytes:
    """Write the BPF programme: another instruction set is killed, a denied call not permitted."""
    column = 0 if machine == "x86_64" else 1
    numbers = [call[column] for call in _DENIED.values()]
    lines = [
        (_LOAD, 0, 0, _OFFSET_ARCH),
        (_JUMP_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32_CALLS),
        (_RETURN, 0, 0, _NOT_PERMITTED),
    ]
    for number in numbers:
        if number is not None:
            lines += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _NOT_PERMITTED)]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)
