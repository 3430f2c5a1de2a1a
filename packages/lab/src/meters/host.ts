// A host of meters as the lab sees it, in this process or in one of its own.
import { type ChildProcess, fork } from 'node:child_process'
import { flushCompileCache, getCompileCacheDir } from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import type { ClockAnchor } from '@hushgrid/network'
import { counted, HushgridError, type MeterId, type Slot } from '@hushgrid/primitives'
import { MeterHost, type MeterHostConfig } from './meter-host.ts'
import type { HostOperation, HostReport, HostSample, StartPhase } from './operation.ts'
import type { ReadingsRecipe } from './readings.ts'

/** A host of some of the lab's meters, in this process or another. */
export interface LabHost {
  /** Resolves when all its meters are ready for the first slot. */
  start(): Promise<void>
  startClock(anchor: ClockAnchor): void
  /** Carries out a scenario's operation on some of its meters. */
  operate(operation: HostOperation): Promise<void>
  sample(): Promise<HostSample>
  stop(): Promise<void>
}

/** Makes this process collect its garbage earlier, as its workers do. */
export function saveMemory(): void {
  setFlagsFromString('--heap-growing-percent=20')
}

/** Makes a host of meters in this process. */
export function localHost(config: MeterHostConfig, recipe: ReadingsRecipe, reports: HostReport): LabHost {
  const host = new MeterHost(config, recipe, reports)
  return {
    start: () => host.start(),
    startClock: anchor => host.startClock(anchor),
    operate: operation => host.operate(operation),
    sample: async () => host.sample(),
    stop: () => host.stop()
  }
}

/** Message from the lab to a host's process. */
export type ToWorker =
  | { readonly type: 'start'; readonly config: MeterHostConfig; readonly recipe: ReadingsRecipe }
  | { readonly type: 'clock'; readonly anchor: ClockAnchor }
  | { readonly type: 'operate'; readonly token: number; readonly operation: HostOperation }
  | { readonly type: 'sample' }
  | { readonly type: 'stop' }

/** Message from a host's process to the lab. */
export type FromWorker =
  | { readonly type: 'progress'; readonly phase: StartPhase }
  | { readonly type: 'ready' }
  | { readonly type: 'sample'; readonly sample: HostSample }
  | { readonly type: 'operated'; readonly token: number /** Reason of a failure. */; readonly problem?: string }
  | { readonly type: 'identity'; readonly household: number; readonly id: MeterId }
  | { readonly type: 'refused'; readonly household: number; readonly slot: Slot; readonly reason: string }
  | { readonly type: 'disputed'; readonly household: number; readonly slot: Slot }
  | { readonly type: 'gave-masks'; readonly household: number; readonly slot: Slot }
  | { readonly type: 'caught'; readonly household: number; readonly slot: Slot; readonly what: string }
  | { readonly type: 'warn'; readonly message: string }
  | { readonly type: 'fail'; readonly message: string }

/** Time for a host's process to put its meters away before it is ended, ms. */
const STOP_WITHIN = 1_000

/**
 * V8 lets a heap grow to twice what is live before it collects; with hundreds of nodes in a process that is most of
 * the memory. Collecting earlier costs a few percent of CPU.
 */
const WORKER_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=20']

/** Shares this process's compiled code with workers, which then load neither the compiler nor the type stripper. */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir()
  if (folder === undefined) return {}
  flushCompileCache()
  return { NODE_COMPILE_CACHE: folder }
}

/** Makes a host of meters in a process of its own. */
export function workerHost(config: MeterHostConfig, recipe: ReadingsRecipe, reports: HostReport): LabHost {
  const child: ChildProcess = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: [...process.execArgv, ...WORKER_FLAGS],
    // One malloc arena for all threads takes a tenth of the memory with glibc; other libraries ignore it.
    env: { ...process.env, ...compileCache(), MALLOC_ARENA_MAX: '1' }
  })
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const samples: ((sample: HostSample) => void)[] = []
  const operations = new Map<number, PromiseWithResolvers<void>>()
  let token = 0
  let ready: { resolve: () => void; reject: (cause: unknown) => void } | undefined
  let stopping = false
  const send = (message: ToWorker): void => {
    if (child.connected) child.send(message)
  }
  child.on('message', (message: FromWorker) => {
    switch (message.type) {
      case 'progress':
        reports.progress?.(message.phase)
        break
      case 'ready':
        ready?.resolve()
        break
      case 'sample':
        samples.shift()?.(message.sample)
        break
      case 'operated': {
        const operation = operations.get(message.token)
        operations.delete(message.token)
        if (message.problem === undefined) operation?.resolve()
        else operation?.reject(new HushgridError(message.problem))
        break
      }
      case 'identity':
        reports.identity(message.household, message.id)
        break
      case 'refused':
        reports.refused(message.household, message.slot, message.reason)
        break
      case 'disputed':
        reports.disputed(message.household, message.slot)
        break
      case 'gave-masks':
        reports.gaveMasks?.(message.household, message.slot)
        break
      case 'caught':
        reports.caught?.(message.household, message.slot, message.what)
        break
      case 'warn':
        reports.warn(message.message)
        break
      case 'fail':
        fail(message.message)
        break
    }
  })
  const fail = (message: string): void => {
    const error = new HushgridError(message)
    ready?.reject(error)
    for (const { reject } of operations.values()) reject(error)
    operations.clear()
    if (!stopping) reports.fail(error)
  }
  child.once('exit', (code, signal) => {
    if (!stopping)
      fail(`a process with ${counted(config.households.length, 'meter')} ended unexpectedly (${signal ?? `exit status ${code}`})`)
  })
  return {
    start: () =>
      new Promise((resolve, reject) => {
        ready = { resolve, reject }
        send({ type: 'start', config, recipe })
      }),
    startClock: anchor => send({ type: 'clock', anchor }),
    operate: operation => {
      const done = Promise.withResolvers<void>()
      operations.set(++token, done)
      send({ type: 'operate', token, operation })
      return done.promise
    },
    sample: () =>
      new Promise(resolve => {
        samples.push(resolve)
        send({ type: 'sample' })
      }),
    stop: async () => {
      stopping = true
      send({ type: 'stop' })
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN)
      await exited
      clearTimeout(timer)
    }
  }
}
