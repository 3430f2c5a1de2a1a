// The process of one role, under orders of the lab that forked it. It loads only the module that its role is in.
import { subscribe } from 'node:diagnostics_channel'
import { LabClock, TRAFFIC_CHANNEL, type Traffic } from '@hushgrid/network'
import { HushgridError } from '@hushgrid/primitives'
import { goOnWithoutOutput } from '@hushgrid/runtime'
import { watchLongestStall } from '../meters/event-loop-lag.ts'
import { wireBytes, wireBytesRead } from '../meters/wire-bytes.ts'
import type { FromRole, RoleOrder, RoleSample, ToRole } from './protocol.ts'
import { dropsOnly, type RoleContext, type RoleRunners, type RunningRole, type RunRole } from './runner.ts'

const tell = (message: FromRole): void => {
  if (process.connected) process.send?.(message)
}
const fail = (cause: unknown): void => tell({ type: 'failed', message: cause instanceof Error ? cause.message : String(cause) })

// Ctrl-C reaches the whole group of processes; the lab says when to stop.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
goOnWithoutOutput()
const longestStall = watchLongestStall()
process.on('disconnect', () => process.exit(1))

const traffic = { sent: { messages: 0, bytes: 0 }, received: { messages: 0, bytes: 0 } }
subscribe(TRAFFIC_CHANNEL, message => {
  const { direction, messages, bytes } = message as Traffic
  traffic[direction].messages += messages
  traffic[direction].bytes += bytes
})

const stopping = new AbortController()
let clock: LabClock | undefined
let role: RunningRole | undefined

async function run({ role: name, module, setting }: RoleOrder, context: RoleContext): Promise<RunningRole> {
  const { roles } = (await import(module)) as { readonly roles: RoleRunners }
  const runRole = roles[name] as RunRole<object> | undefined
  if (!runRole) throw new HushgridError(`${module}: expected the role ${name} among its roles`)
  return runRole(setting, context)
}

function sample(): RoleSample {
  const { user, system } = process.cpuUsage()
  return {
    cpuMs: (user + system) / 1000,
    sentBytes: wireBytes(),
    receivedBytes: wireBytesRead(),
    sentMessages: traffic.sent.messages,
    receivedMessages: traffic.received.messages,
    sentPayload: traffic.sent.bytes,
    receivedPayload: traffic.received.bytes,
    // Node gives kilobytes on every system.
    peakRss: 1024 * process.resourceUsage().maxRSS,
    stalls: longestStall(),
    ...(role?.account?.() ?? dropsOnly({}))
  }
}

process.on('message', (message: ToRole) => {
  switch (message.type) {
    case 'start': {
      const { order } = message
      clock = new LabClock(order.setting.before)
      run(order, { clock, tell, fail, signal: stopping.signal }).then(running => {
        role = running
        tell({ type: 'ready', ready: running.ready })
      }, fail)
      return
    }
    case 'clock':
      clock?.follow(message.anchor)
      role?.startClock?.(message.anchor)
      return
    case 'operate': {
      const { token, operation } = message
      Promise.resolve(role?.operate?.(operation)).then(
        () => tell({ type: 'operated', token }),
        cause => tell({ type: 'operated', token, problem: cause instanceof Error ? cause.message : String(cause) })
      )
      return
    }
    case 'sample':
      tell({ type: 'sample', token: message.token, sample: sample() })
      return
    case 'stop':
      stopping.abort()
      Promise.resolve(role?.stop()).then(
        () => process.exit(0),
        () => process.exit(1)
      )
      return
  }
})
