export const completionShells = ['bash', 'zsh', 'fish'] as const
export type CompletionShell = (typeof completionShells)[number]

export interface CompletedCommand {
  readonly name: string
  readonly summary: string
  readonly flags: readonly string[]
}

/** A script for a shell: commands first, then the flags of the command, else files. */
export function renderCompletion(
  shell: CompletionShell,
  commands: readonly CompletedCommand[],
): string {
  switch (shell) {
    case 'bash':
      return bash(commands)
    case 'zsh':
      return zsh(commands)
    case 'fish':
      return fish(commands)
  }
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, flags }) => `    ${name}) words="${flags.join(' ')}" ;;`)
  return `_signalbox() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _signalbox signalbox`
}

function zsh(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${quoteless(summary)}'`)
  const cases = commands.map(({ name, flags }) => `    ${name}) compadd -- ${flags.join(' ')} ;;`)
  return `#compdef signalbox
_signalbox() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  if [[ "\${words[CURRENT]}" != -* ]]; then
    _files
    return
  fi
  case "\${words[2]}" in
${cases.join('\n')}
  esac
}
compdef _signalbox signalbox`
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, flags }) => [
    `complete -c signalbox -n __fish_use_subcommand -a ${name} -d '${quoteless(summary)}'`,
    ...flags.map(
      (flag) =>
        `complete -c signalbox -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}`,
    ),
  ])
  return lines.join('\n')
}

/** Summaries go between single quotes. */
function quoteless(text: string): string {
  return text.replaceAll("'", '').replaceAll(':', ',')
}
