// The process of one role; told what to do by the comparison that forked it.
import { subscribe } from 'node:diagnostics_channel'
import { wireBytes, wireBytesRead } from '../meters/wire-bytes.ts'
import { LabClock, TRAFFIC_CHANNEL, type Traffic } from '@hushgrid/network'
import { runConcentrator, runPes, runPesMeters, runSupplier } from '../contender/pes/roles.ts'
import { runPlainAggregator, runPlainMeters } from '../contender/plain/roles.ts'
import { runAggregator, runRegistrar, runRingMeters } from '../contender/dcnet/roles.ts'
import type { FromRole, RoleOrder, RoleSample, ToRole } from './protocol.ts'
import type { RoleContext, RunningRole } from './runner.ts'

const tell = (message: FromRole): void => {
  if (process.connected) process.send?.(message)
}
const fail = (cause: unknown): void => tell({ type: 'failed', message: cause instanceof Error ? cause.message : String(cause) })

// Ctrl-C reaches the whole group of processes; the comparison says when to stop.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('disconnect', () => process.exit(1))

const traffic = { sent: { messages: 0, bytes: 0 }, received: { messages: 0, bytes: 0 } }
subscribe(TRAFFIC_CHANNEL, message => {
  const { direction, messages, bytes } = message as Traffic
  traffic[direction].messages += messages
  traffic[direction].bytes += bytes
})

const stopping = new AbortController()
let clock: LabClock | undefined
let role: (RunningRole & { startClock?(anchor: Parameters<LabClock['start']>[0]): void }) | undefined

function run(order: RoleOrder, context: RoleContext): Promise<RunningRole> {
  switch (order.role) {
    case 'registrar':
      return runRegistrar(order, context)
    case 'aggregator':
      return runAggregator(order, context)
    case 'ring-meters':
      return runRingMeters(order, context)
    case 'supplier':
      return runSupplier(order, context)
    case 'pes':
      return runPes(order, context)
    case 'concentrator':
      return runConcentrator(order, context)
    case 'pes-meters':
      return runPesMeters(order, context)
    case 'plain-aggregator':
      return runPlainAggregator(order, context)
    case 'plain-meters':
      return runPlainMeters(order, context)
  }
}

function sample(): RoleSample {
  const { user, system } = process.cpuUsage()
  const nothing = { keyAgreements: 0, agreementsOf: {}, drops: {} }
  return {
    cpuMs: (user + system) / 1000,
    sentBytes: wireBytes(),
    receivedBytes: wireBytesRead(),
    sentMessages: traffic.sent.messages,
    receivedMessages: traffic.received.messages,
    sentPayload: traffic.sent.bytes,
    receivedPayload: traffic.received.bytes,
    // In kilobytes, on every system.
    peakRss: 1024 * process.resourceUsage().maxRSS,
    ...(role?.account?.() ?? nothing)
  }
}

process.on('message', (message: ToRole) => {
  switch (message.type) {
    case 'start': {
      const { order } = message
      clock = new LabClock(order.before)
      run(order, { clock, tell, fail, signal: stopping.signal }).then(running => {
        role = running
        tell({ type: 'ready', ready: running.ready })
      }, fail)
      return
    }
    case 'clock':
      clock?.start(message.anchor)
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
