import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { errorKinds } from '../errors/catalogue.ts'
import { exitCodes } from './exit-codes.ts'
import { createProgram } from './program.ts'
import { plainPaint } from './render/paint.ts'
import { symbolsFor } from './render/symbols.ts'
import type { Output } from './terminal.ts'

/** The reference page is the help itself; `vitest -u` writes it anew. */

const columns = 100

test('docs/reference/cli.md is the help of every command', async () => {
  await expect(referencePage()).toMatchFileSnapshot('../../docs/reference/cli.md')
})

test('every command has a summary, a description and an example', () => {
  for (const command of visibleCommands().flatMap((each) => [each, ...each.commands])) {
    expect(command.summary(), command.name()).not.toBe('')
    expect(command.description(), command.name()).not.toBe('')
    expect(helpOf(command), command.name()).toMatch(/Examples:\n {2}# .+\n {2}\$ /)
  }
})

test('errors end with exit codes that are documented', () => {
  const documented = Object.values(exitCodes).map(({ code }): number => code)
  for (const { exitCode } of Object.values(errorKinds)) expect(documented).toContain(exitCode)
})

function referencePage(): string {
  const codes = Object.values(exitCodes).map(({ code, means }) => `| ${code} | ${means} |`)
  return `# The command line

\`signalbox\` is one program: the server, and the commands that talk to one. In the repository it is
\`npm run signalbox -- …\`. This page is the program's own help.

* **Where is the server?** Commands look at \`--url\`, then at \`SIGNALBOX_URL\`, then at http://127.0.0.1:7700. Where tokens
  are needed, they take \`--token\` or \`SIGNALBOX_TOKEN\`; both understand \`file:PATH\` and \`env:NAME\`.
* **Data goes to stdout, talk to stderr.** \`--json\` prints JSON for programs: one line for each item of a list or
  stream; failures are then one line of JSON on stderr.
* **Which execution?** Its id, or a business key that only one execution has.
* **Colours and signs** appear on terminals only. \`NO_COLOR\` and \`FORCE_COLOR\` are honoured; without a UTF-8 locale signs
  become words. Control characters in data are shown as escapes, so nothing that a service sends can act on a terminal.
* **Completion** for bash, zsh and fish: \`signalbox completion SHELL\`.

## Exit codes

| code | means |
|---|---|
${codes.join('\n')}

## signalbox

\`\`\`text
${helpOf(program).trim()}
\`\`\`
${visibleCommands()
  .map((command) => section(command))
  .join('\n')}`
}

function section(command: Command, name = command.name()): string {
  return `
### ${name}

\`\`\`text
${helpOf(command).trim()}
\`\`\`
${command.commands.map((part) => section(part, `${command.name()} ${part.name()}`)).join('')}`
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => columns })
  command.outputHelp()
  return text.replaceAll(/ +$/gm, '')
}

function visibleCommands(): readonly Command[] {
  return program.commands.filter((command) => command.name() !== 'help')
}

const silent: Output = {
  write: () => {},
  isTerminal: false,
  columns,
  paint: plainPaint,
  hasColors: false,
}
const program = createProgram({
  terminal: { data: silent, talk: silent, unicode: true, symbols: symbolsFor(true) },
  env: {},
  cwd: '/',
  readStdin: () => Promise.resolve(''),
  interruption: () => new AbortController().signal,
  exit: () => {},
})
