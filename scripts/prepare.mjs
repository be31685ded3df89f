/**
 * npm runs this after `npm ci` and `npm install`. It builds the client, which examples and tests
 * import, and never fails an installation: without development dependencies there is nothing to do.
 */
import { buildClient } from './build-client.mjs'
import { stampInstalled } from './install.mjs'

const { exitCode, output } = await buildClient()
if (exitCode === 0) stampInstalled()
else process.stderr.write(`The client could not be built:\n${output}\n`)
