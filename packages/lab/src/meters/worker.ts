// The process of a host of meters, under orders of the lab that forked it.
import { goOnWithoutOutput } from '@hushgrid/runtime'
import type { FromWorker, ToWorker } from './host.ts'
import { MeterHost } from './meter-host.ts'

const tell = (message: FromWorker): void => {
  if (process.connected) process.send?.(message)
}
const failed = (cause: unknown): void => tell({ type: 'fail', message: cause instanceof Error ? cause.message : String(cause) })

// Ctrl-C reaches the whole group of processes; the lab says when to stop.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
goOnWithoutOutput()
process.on('disconnect', () => process.exit(1))

let host: MeterHost | undefined

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'start':
      host = new MeterHost(message.config, message.recipe, {
        progress: phase => tell({ type: 'progress', phase }),
        warn: text => tell({ type: 'warn', message: text }),
        fail: failed,
        identity: (household, id) => tell({ type: 'identity', household, id }),
        refused: (household, slot, reason) => tell({ type: 'refused', household, slot, reason }),
        disputed: (household, slot) => tell({ type: 'disputed', household, slot }),
        gaveMasks: (household, slot) => tell({ type: 'gave-masks', household, slot }),
        caught: (household, slot, what) => tell({ type: 'caught', household, slot, what })
      })
      host.start().then(() => tell({ type: 'ready' }), failed)
      break
    case 'clock':
      host?.startClock(message.anchor)
      break
    case 'operate': {
      const { token, operation } = message
      Promise.resolve(host?.operate(operation)).then(
        () => tell({ type: 'operated', token }),
        cause => tell({ type: 'operated', token, problem: cause instanceof Error ? cause.message : String(cause) })
      )
      break
    }
    case 'sample':
      if (host) tell({ type: 'sample', sample: host.sample() })
      break
    case 'stop':
      Promise.resolve(host?.stop()).then(
        () => process.exit(0),
        () => process.exit(1)
      )
      break
  }
})
