// A role's process as the lab holds it: starts it, asks for samples, passes operations on its meters on, ends it.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ClockAnchor } from '@hushgrid/network'
import { HushgridError } from '@hushgrid/primitives'
import type { HostOperation } from '../meters/operation.ts'
import type { FromRole, RoleEvent, RoleOrder, RoleReady, RoleSample, ToRole } from './protocol.ts'
import type { RoleName } from './role.ts'

/** Time for a process to put its nodes away before it is ended, ms. */
const STOP_WITHIN = 3_000

/** One role in a process of its own. */
export class RoleProcess {
  readonly #child: ChildProcess
  readonly #role: RoleName
  readonly #exited: Promise<void>
  readonly #waiting = new Map<number, PromiseWithResolvers<RoleSample | undefined>>()
  readonly #ready = Promise.withResolvers<RoleReady>()
  readonly #onFailure: (cause: unknown) => void
  #token = 0
  #stopping = false

  constructor(order: RoleOrder, on: { event(event: RoleEvent): void; fail(cause: unknown): void }) {
    this.#role = order.role
    this.#onFailure = on.fail
    this.#child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], { serialization: 'advanced' })
    this.#exited = new Promise(resolve => this.#child.once('exit', () => resolve()))
    this.#child.on('message', (message: FromRole) => {
      if (message.type === 'ready') this.#ready.resolve(message.ready)
      else if (message.type === 'failed') this.#failed(message.message)
      else if (message.type === 'sample') this.#settle(message.token, message.sample)
      else if (message.type === 'operated') this.#settle(message.token, undefined, message.problem)
      else on.event(message)
    })
    this.#child.once('exit', (code, signal) => {
      // Also while it stops, so that nobody waits for an answer of a process that has ended.
      this.#failed(this.#stopping ? 'its process was ended' : `its process ended unexpectedly (${signal ?? `exit status ${code}`})`)
    })
    // A process that ends while nobody waits for it to be ready is told of by `fail`.
    this.#ready.promise.catch(() => undefined)
    this.#send({ type: 'start', order })
  }

  /** Resolves when the role runs, and with meters when all have joined; rejects where its process ends before. */
  get ready(): Promise<RoleReady> {
    return this.#ready.promise
  }

  #send(message: ToRole): void {
    if (this.#child.connected) this.#child.send(message)
  }

  #settle(token: number, sample: RoleSample | undefined, problem?: string): void {
    const waiting = this.#waiting.get(token)
    this.#waiting.delete(token)
    if (problem === undefined) waiting?.resolve(sample)
    else waiting?.reject(new HushgridError(problem))
  }

  #failed(message: string): void {
    const error = new HushgridError(`${this.#role}: ${message}`)
    this.#ready.reject(error)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    if (!this.#stopping) this.#onFailure(error)
  }

  #ask(message: (token: number) => ToRole): Promise<RoleSample | undefined> {
    const answer = Promise.withResolvers<RoleSample | undefined>()
    const token = ++this.#token
    if (!this.#child.connected) return Promise.reject(new HushgridError(`${this.#role}: expected its process to run`))
    this.#waiting.set(token, answer)
    this.#send(message(token))
    return answer.promise
  }

  startClock(anchor: ClockAnchor): void {
    this.#send({ type: 'clock', anchor })
  }

  async operate(operation: HostOperation): Promise<void> {
    await this.#ask(token => ({ type: 'operate', token, operation }))
  }

  async sample(): Promise<RoleSample> {
    const sample = await this.#ask(token => ({ type: 'sample', token }))
    if (!sample) throw new HushgridError(`${this.#role}: expected a sample`)
    return sample
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#send({ type: 'stop' })
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN)
    await this.#exited
    clearTimeout(timer)
  }
}
