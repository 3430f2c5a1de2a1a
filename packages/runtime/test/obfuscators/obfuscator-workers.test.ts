// Threads that fill a pool of obfuscators: they keep it full, and end when they are told to or when they fail.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateKeyPair } from '@hushgrid/paillier'
import { InvalidArgumentError, SeededRng } from '@hushgrid/primitives'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ObfuscatorWorkers, type ObfuscatorWorkersOptions } from '../../src/obfuscators/obfuscator-workers.ts'

const { publicKey, privateKey } = generateKeyPair(512, { insecure: true })
const rng = new SeededRng('obfuscator workers')
const started: ObfuscatorWorkers[] = []
afterEach(() => Promise.all(started.splice(0).map(workers => workers.stop())))

function start(options: Partial<ObfuscatorWorkersOptions> = {}): { workers: ObfuscatorWorkers; errors: unknown[] } {
  const errors: unknown[] = []
  const workers = new ObfuscatorWorkers(publicKey, { capacity: 40, low: 20, onError: cause => errors.push(cause), ...options })
  started.push(workers)
  return { workers, errors }
}

const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(
    () => {
      if (!condition()) throw new Error('not yet')
    },
    { timeout: 30_000, interval: 5 }
  )

describe('ObfuscatorWorkers', { timeout: 90_000 }, () => {
  it('fills the pool to its capacity and no further, and again when it gets low', async () => {
    const { workers, errors } = start({ threads: 2 })
    expect(workers.threads).toBe(2)
    await until(() => workers.pool.size === 40)
    expect(workers.pool.asked).toBe(0)
    for (let i = 0; i < 20; i++) workers.pool.take()
    await until(() => workers.pool.size === 40)
    expect(errors).toEqual([])
  })

  it('hands each obfuscator out once, and encrypts with it', async () => {
    const { workers } = start({ threads: 2 })
    const taken = new Set<bigint>()
    for (let i = 0; i < 200; i++) {
      await until(() => workers.pool.size > 0)
      const obfuscator = workers.pool.take() as bigint
      expect(taken.has(obfuscator)).toBe(false)
      taken.add(obfuscator)
      expect(privateKey.decrypt(publicKey.encryptWith(BigInt(-i), obfuscator))).toBe(BigInt(-i))
    }
    expect(taken.size).toBe(200)
  })

  it('after stop no thread is left, nothing more comes, and encryption still works', async () => {
    const { workers } = start({ capacity: 100_000, low: 1000, threads: 2 })
    await until(() => workers.pool.size > 0)
    await workers.stop()
    expect(workers.threads).toBe(0)
    const { size } = workers.pool
    while (workers.pool.take() !== undefined) expect(workers.pool.asked).toBe(0)
    expect(size).toBeGreaterThan(0)
    expect(workers.pool.size).toBe(0)
    expect(privateKey.decrypt(workers.pool.encrypt(7n, rng))).toBe(7n)
    await workers.stop()
  })

  it('lets a process end that has stopped, and holds one that has not', async () => {
    const run = (then: string): Promise<unknown> =>
      promisify(execFile)(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { generateKeyPair } from '@hushgrid/paillier'
          import { ObfuscatorWorkers } from '${new URL('../../src/index.ts', import.meta.url).href}'
          const workers = new ObfuscatorWorkers(generateKeyPair(512, { insecure: true }).publicKey, { capacity: 8, low: 0, onError: cause => { throw cause } })
          while (workers.pool.size < 8) await new Promise(resolve => setTimeout(resolve, 5))
          console.log('full')
          ${then}`
        ],
        { cwd: fileURLToPath(new URL('../..', import.meta.url)), timeout: 40_000 }
      )
    await expect(run('await workers.stop(); setTimeout(() => process.exit(3), 20_000).unref()')).resolves.toMatchObject({
      stdout: 'full\n',
      stderr: ''
    })
    // This timer holds nothing, so it is only reached where something else does.
    const ended = run("setTimeout(() => console.log('held') ?? process.exit(3), 300).unref()")
    await expect(ended).rejects.toMatchObject({ code: 3, stdout: 'full\nheld\n' })
  })

  it('a thread that fails is reported, and what it was to make is forgone', async () => {
    // A modulus that the thread refuses: its hs is no unit.
    const broken = Object.create(publicKey, { hs: { value: 1n } }) as typeof publicKey
    const errors: unknown[] = []
    const workers = new ObfuscatorWorkers(broken, { capacity: 4, low: 1, onError: cause => errors.push(cause) })
    await until(() => workers.threads === 0)
    expect(errors).toHaveLength(1)
    expect(String(errors[0])).toMatch(/hs: expected a unit/)
    expect(workers.pool.asked).toBe(0)
    expect(workers.pool.take()).toBeUndefined()
    expect(workers.pool.asked).toBe(0)
  })

  it('wants from 1 to 64 threads', () => {
    for (const threads of [0, 65, 1.5]) expect(() => start({ threads })).toThrow(InvalidArgumentError)
  })
})
