import { Agent, request } from 'node:http'
import type { ServiceAnswer } from '../../order-saga/order-data.ts'

const agent = new Agent({ keepAlive: true })

/** Posts a command to the three services and answers their event. */
export function postCommand(
  shopUrl: string,
  command: string,
  data: object,
): Promise<ServiceAnswer> {
  return new Promise((resolve, reject) => {
    const post = request(`${shopUrl}/${command}`, { agent, method: 'POST' }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve(JSON.parse(text) as ServiceAnswer))
      answer.on('error', reject)
    })
    post.on('error', reject)
    post.end(JSON.stringify(data))
  })
}
