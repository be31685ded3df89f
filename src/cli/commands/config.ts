import { Command } from 'commander'
import { loadConfiguration } from '../../config/load.ts'
import { describeOrigin } from '../../config/problem.ts'
import { type CommandContext, printJson, printLine, say } from '../context.ts'
import { renderTable } from '../render/table.ts'
import { collect, configurationFlags, withConfiguration, withExamples } from './options.ts'

/** `signalbox config`: what is in force, and where each value came from. */
export function configCommand(context: CommandContext): Command {
  const command = withConfiguration(new Command('config'))
    .summary('print the configuration in force and where each value came from')
    .description(
      'Prints every setting as `signalbox start` with the same flags would use it, and where it came from: default, file, variable or flag. Secrets are masked.',
    )
    .option('--flows <path>', 'folder or file of flows; may be given several times', collect)
    .option('--json', 'print JSON for programs')
    .action((options: Record<string, unknown>) => {
      const configuration = loadConfiguration({
        env: context.env,
        flags: configurationFlags(options),
        cwd: context.cwd,
      })
      const { settings, file, warnings } = configuration
      if (options['json'] === true) {
        const shown = settings.map(({ key, shown: value, origin }) => ({ key, value, origin }))
        printJson(context, { file: file ?? null, settings: shown, warnings })
        return
      }
      const { paint, columns } = context.terminal.data
      printLine(
        context,
        renderTable(
          [
            { title: 'SETTING', text: ({ key }) => key },
            { title: 'VALUE', text: ({ shown }) => showValue(shown), shrinkTo: 20 },
            {
              title: 'FROM',
              text: ({ origin }) => describeOrigin(origin),
              paint: (padded, { origin }) =>
                paint(origin.kind === 'default' ? 'dim' : 'cyan', padded),
            },
          ],
          settings,
          {
            paintTitle: (title) => paint('bold', title),
            ...(columns === undefined ? {} : { width: columns }),
          },
        ),
      )
      for (const warning of warnings) say(context, `warning: ${warning}`)
      say(context, file === undefined ? 'No file: signalbox.yaml is not there.' : `File: ${file}`)
    })
  return withExamples(command, [
    ['What would be in force with this port?', 'signalbox config --port 8000'],
    [
      'One value, for a script',
      `signalbox config --json | jq '.settings[] | select(.key == "http.port")'`,
    ],
  ])
}

function showValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
