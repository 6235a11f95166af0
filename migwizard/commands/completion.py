"""Completion scripts for bash, zsh and fish, made from the command line's own parser.

Written here and not left to a library: the parser is small, one walk serves the three shells, and nobody has to install
anything for it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from migwizard import cli, command_list
from migwizard.exit_codes import ExitCode

FILES = ("FILE", "PATH")
FOLDERS = ("DIR",)


@dataclass(frozen=True, slots=True)
class Flag:
    """One option: its spellings, what it says, and what its value is."""

    names: tuple[str, ...]
    help: str
    value: str
    """ "", "file", "folder", "words" or "other"."""
    words: tuple[str, ...] = ()


def completion(arguments: argparse.Namespace) -> int:
    """Print the script on stdout."""
    print(script(arguments.shell), end="")
    return ExitCode.DONE


def script(shell: str) -> str:
    """The script for a shell."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]()


def _flags(parser: argparse.ArgumentParser) -> Iterator[Flag]:
    for action in parser._actions:
        if not action.option_strings or action.help is argparse.SUPPRESS:
            continue
        help = (action.help or "").replace("%(default)s", str(action.default)).replace("show this", "this")
        if action.nargs == 0:
            value = ""
        elif action.choices:
            value = "words"
        else:
            value = "file" if action.metavar in FILES else "folder" if action.metavar in FOLDERS else "other"
        yield Flag(tuple(action.option_strings), help, value, tuple(map(str, action.choices or ())))


def _parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser of the wizard, and those of the commands that are not reserved."""
    main = cli.parser()
    commands = next(action for action in main._actions if isinstance(action, argparse._SubParsersAction))
    return main, {command.name: commands.choices[command.name] for command in command_list.COMMANDS}


def _arguments(name: str) -> tuple[str, ...]:
    """What may stand behind a command besides options: words, or "" for a folder."""
    return command_list.SHELLS if name == "completion" else ("",) if name == "demo" else ()


def _bash() -> str:
    main, parsers = _parsers()
    options = {name: " ".join(n for flag in _flags(parser) for n in flag.names) for name, parser in parsers.items()}
    flags = {name: flag for parser in (main, *parsers.values()) for flag in _flags(parser) for name in flag.names}
    values = []
    for kind, reply in (("file", "compgen -f"), ("folder", "compgen -d")):
        if names := sorted(name for name, flag in flags.items() if flag.value == kind):
            found = f"IFS=$'\\n'; COMPREPLY=($({reply} -- \"$current\"))"
            values.append(f"        {'|'.join(names)}) {found}; return ;;")
    values.append(
        f"        {'|'.join(sorted(name for name, flag in flags.items() if flag.value == 'other'))}) return ;;"
    )
    for name, flag in sorted(flags.items()):
        if flag.value == "words":
            words = f'COMPREPLY=($(compgen -W "{" ".join(flag.words)}" -- "$current"))'
            values.append(f"        {name}) {words}; return ;;")
    cases = []
    for name in parsers:
        words = " ".join(filter(None, (options[name], *_arguments(name))))
        folders = ' folders="yes"' if "" in _arguments(name) else ""
        cases.append(f'        {name}) words="{words}"{folders} ;;')
    own = " ".join([*parsers, *(name for flag in _flags(main) for name in flag.names)])
    return "\n".join(
        [
            "# bash completion for migwizard; made by: migwizard completion bash",
            "_migwizard() {",
            "    local IFS=$' \\t\\n'",
            '    local current="${COMP_WORDS[COMP_CWORD]}" before="" command="" word words index',
            "    COMPREPLY=()",
            '    ((COMP_CWORD > 0)) && before="${COMP_WORDS[COMP_CWORD-1]}"',
            '    case "$before" in',
            *values,
            "    esac",
            "    for ((index = 1; index < COMP_CWORD; index++)); do",
            '        word="${COMP_WORDS[index]}"',
            f'        case "$word" in {"|".join(sorted(n for n, flag in flags.items() if flag.value))}) ((index++)) ;; esac',
            f'        case "$word" in {"|".join(parsers)}) command="$word"; break ;; esac',
            "    done",
            '    case "$command" in',
            f'        "") words="{own}" ;;',
            *cases,
            "    esac",
            '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
            "    IFS=$'\\n'",
            '    [[ -z "$folders" ]] || COMPREPLY+=($(compgen -d -- "$current"))',
            "}",
            "complete -F _migwizard migwizard",
            "",
        ]
    )


def _zsh() -> str:
    main, parsers = _parsers()
    described = [f"        {_quoted(f'{command.name}:{command.summary}')}" for command in command_list.COMMANDS]
    cases = []
    for name, parser in parsers.items():
        rest = ["'*:folder:_files -/'"] if name == "demo" else []
        if name == "completion":
            rest = [f"'1:shell:({' '.join(command_list.SHELLS)})'"]
        lines = [*_zsh_flags(parser), *rest]
        cases += [f"        ({name})", "            _arguments \\", *_continued(lines, 16), "            ;;"]
    return "\n".join(
        [
            "#compdef migwizard",
            "# zsh completion for migwizard; made by: migwizard completion zsh",
            "_migwizard() {",
            "    local context state line",
            "    local -a commands",
            "    commands=(",
            *described,
            "    )",
            "    _arguments -C \\",
            *_continued([*_zsh_flags(main), "'1:command:->command'", "'*::argument:->argument'"], 8),
            '    case "$state" in',
            "    (command) _describe command commands ;;",
            "    (argument)",
            '        case "$line[1]" in',
            *cases,
            "        esac",
            "        ;;",
            "    esac",
            "}",
            'if [ "$funcstack[1]" = _migwizard ]; then _migwizard "$@"; else compdef _migwizard migwizard; fi',
            "",
        ]
    )


def _continued(lines: list[str], indent: int) -> list[str]:
    """Lines of one command, each but the last with a backslash at its end."""
    return [" " * indent + line + " \\" for line in lines[:-1]] + [" " * indent + lines[-1]]


def _zsh_flags(parser: argparse.ArgumentParser) -> list[str]:
    values = {"": "", "file": ":file:_files", "folder": ":folder:_files -/", "other": ":value:"}
    lines = []
    for flag in _flags(parser):
        value = f":value:({' '.join(flag.words)})" if flag.value == "words" else values[flag.value]
        help = flag.help.replace("[", "(").replace("]", ")").replace(":", " -")
        lines += [_quoted(f"{name}[{help}]{value}") for name in flag.names]
    return lines


def _quoted(text: str) -> str:
    """Single quotes, as the shells read them."""
    return "'" + text.replace("'", "'\\''") + "'"


def _fish() -> str:
    main, parsers = _parsers()
    flags = [flag for parser in (main, *parsers.values()) for flag in _flags(parser)]
    valued = sorted({name for flag in flags if flag.value for name in flag.names})
    none = "complete -c migwizard -n \"__migwizard_on ''\""
    lines = [
        "# fish completion for migwizard; made by: migwizard completion fish",
        "# Whether the line has this command ('': none yet). The value of an option is none, although it may look like one.",
        "function __migwizard_on",
        "    set -l found ''",
        "    set -l value no",
        "    for word in (commandline -opc)[2..]",
        "        if test $value = yes",
        "            set value no",
        f"        else if contains -- $word {' '.join(valued)}",
        "            set value yes",
        f"        else if contains -- $word {' '.join(parsers)}",
        "            set found $word",
        "            break",
        "        end",
        "    end",
        '    test "$found" = "$argv[1]"',
        "end",
        "complete -c migwizard -f",
    ]
    lines += [f"{none} -a {command.name} -d {_fish_quoted(command.summary)}" for command in command_list.COMMANDS]
    lines += [f"{none}{_fish_flag(flag)}" for flag in _flags(main)]
    for name, parser in parsers.items():
        seen = f"complete -c migwizard -n '__migwizard_on {name}'"
        lines += [f"{seen}{_fish_flag(flag)}" for flag in _flags(parser)]
        for word in _arguments(name):
            lines.append(f"{seen} -a {word}" if word else f"{seen} -a '(__fish_complete_directories)'")
    return "\n".join([*lines, ""])


def _fish_flag(flag: Flag) -> str:
    names = "".join(f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}" for name in flag.names)
    value = {
        "": "",
        "file": " -r -F",
        "folder": " -x -a '(__fish_complete_directories)'",
        "words": f" -x -a {_fish_quoted(' '.join(flag.words))}",
        "other": " -x",
    }[flag.value]
    return f"{names}{value} -d {_fish_quoted(flag.help)}"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
