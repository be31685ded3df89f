import { createDashboard, createLines, type Display } from './display.ts'
import type { Server } from './server.ts'
import { type ServiceName, serviceNames } from './service-names.ts'
import type { Services } from './services.ts'

/** The dashboard on a terminal, lines elsewhere. */
export function openDisplay(
  server: Server,
  services: Services,
  tell: (text: string) => void,
  end: () => void,
): Display {
  if (!process.stdout.isTTY) {
    const display = createLines(process.stdout)
    display.news(
      `Signalbox is at ${server.url} (pid ${server.child.pid}); its API: ${server.url}/docs`,
    )
    return display
  }
  return createDashboard(process.stdout, process.stdin, (key) => {
    if (key === 'q' || key === '\u0003') return end()
    const name = serviceNames.find((service) => service.startsWith(key))
    if (name !== undefined) toggle(services, name, tell)
  })
}

function toggle(services: Services, name: ServiceName, tell: (text: string) => void): void {
  const running = services.list().some((service) => service.name === name && service.pid)
  if (running) {
    void services.stop(name)
    tell(`the ${name} service was stopped; its orders wait (press ${name[0]} to start it)`)
  } else {
    services.start(name)
    tell(`the ${name} service was started`)
  }
}
