import { createServer } from 'node:http'
import { reportUrl } from '../../measure/report-url.ts'
import { services } from '../../order-saga/order-data.ts'

/** The three services as a plain HTTP server: a command is posted, the answer is its event. */
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => {
    body += chunk
  })
  request.on('end', () => {
    const answer = services[(request.url ?? '').slice(1)]
    const { orderId } = JSON.parse(body) as { readonly orderId: string }
    response.end(JSON.stringify(answer?.(orderId)))
  })
})
server.listen(0, '127.0.0.1', () => reportUrl(server))
