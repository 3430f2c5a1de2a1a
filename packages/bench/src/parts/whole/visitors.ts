// Costs of visitors, known and unknown, to the node that they come to: its processor's time, and the bytes both ways.
import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { NetworkNode, presetNamed, withoutPeerId } from '@hushgrid/network'
import { HushgridError, IdentityKey, type MeterId, systemRng } from '@hushgrid/primitives'
import { type Figure, figure } from '../../results/measure.ts'
import type { VisitedNode } from './visited-node.ts'

const NETWORK = 'visited'
/** Bytes of a message, as long as a submission with double mask has. */
const MESSAGE = 500
const WITHIN = 20_000
/** Time for what was sent last to have been read, ms. */
const SETTLE = 200

/** One node in a thread of its own, reached through a relay that counts bytes. */
class Visited {
  readonly #worker: Worker
  readonly #server: ReturnType<typeof createServer>
  readonly address: string
  readonly port: number
  readonly bytes = { sent: 0, received: 0 }

  private constructor(worker: Worker, server: ReturnType<typeof createServer>, address: string) {
    this.#worker = worker
    this.#server = server
    const at = server.address()
    if (at === null || typeof at === 'string') throw new HushgridError('the relay: expected a port, got none')
    this.port = at.port
    this.address = address.replace(/\/tcp\/\d+/, `/tcp/${at.port}`)
  }

  static async start(workerData: VisitedNode): Promise<Visited> {
    const worker = new Worker(new URL('./visited-node.ts', import.meta.url), { workerData })
    const [address] = (await once(worker, 'message')) as [string]
    const port = Number(withoutPeerId(address).split('/').at(-1))
    const server = createServer({ allowHalfOpen: false }, near => visited.#relay(near, port))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const visited = new Visited(worker, server, address)
    await visited.cpu()
    return visited
  }

  #relay(near: Socket, port: number): void {
    const far = createConnection({ host: '127.0.0.1', port })
    for (const [one, other, way] of [
      [near, far, 'sent'],
      [far, near, 'received']
    ] as const) {
      one.on('data', (data: Buffer) => {
        this.bytes[way] += data.byteLength
        other.write(data)
      })
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
    }
  }

  /** Gives the milliseconds of processor time since it was asked last. */
  async cpu(): Promise<number> {
    this.#worker.postMessage('cpu')
    const [ms] = (await once(this.#worker, 'message')) as [number]
    return ms
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#worker.postMessage('stop')
    await once(this.#worker, 'exit')
  }
}

async function visitor(identity: IdentityKey): Promise<NetworkNode> {
  return await NetworkNode.start({ identity, network: NETWORK, listen: [], preset: presetNamed('lab', NETWORK, 8) })
}

/** Connects without a word, and waits for the end or goes. */
async function silent(port: number): Promise<void> {
  const socket = createConnection({ host: '127.0.0.1', port })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write('\x13/multistream/1.0.0\n')
  await Promise.race([once(socket, 'close'), new Promise(resolve => setTimeout(resolve, SETTLE))])
  socket.destroy()
}

/** Measures something that visitors do, so many times a round; two figures of each. */
async function costOf(visited: Visited, what: string, sizes: { rounds: number; times: number }, run: (i: number) => Promise<unknown>) {
  const [cpu, bytes]: [number[], number[]] = [[], []]
  await run(-1)
  for (let round = 0; round < sizes.rounds; round++) {
    await visited.cpu()
    visited.bytes.sent = visited.bytes.received = 0
    for (let i = 0; i < sizes.times; i++) await run(round * sizes.times + i)
    await new Promise(resolve => setTimeout(resolve, SETTLE))
    cpu.push((1000 * (await visited.cpu())) / sizes.times)
    bytes.push((visited.bytes.sent + visited.bytes.received) / sizes.times)
  }
  const note = `${Math.round(bytes.at(-1) ?? 0)} B both ways`
  return figure({ name: `${what}: CPU of who is visited`, unit: 'µs', note }, cpu)
}

/** Measures what strangers and members cost a node to receive. */
export async function visitorFigures(rounds: number, times: number): Promise<Figure[]> {
  const member = IdentityKey.generate(systemRng)
  const sizes = { rounds, times }
  const figures: Figure[] = []
  const refusing = await Visited.start({ network: NETWORK, refusing: true, known: [] })
  figures.push(await costOf(refusing, 'a socket that is refused unread', sizes, () => silent(refusing.port)))
  await refusing.stop()
  const visited = await Visited.start({ network: NETWORK, refusing: false, known: [member.id] })
  const signal = (): AbortSignal => AbortSignal.timeout(WITHIN)
  const strangers = await Promise.all(Array.from({ length: rounds * times + 1 }, () => visitor(IdentityKey.generate(systemRng))))
  figures.push(
    await costOf(visited, 'a stranger whose handshake is followed by the end', sizes, async i => {
      const stranger = strangers[i + 1] as NetworkNode
      // The end after the handshake is what is measured, whatever the dialler makes of it.
      await stranger.connect(visited.address, signal()).catch(() => undefined)
    })
  )
  await Promise.all(strangers.map(stranger => stranger.stop()))
  const known = await visitor(member)
  const id: MeterId = await known.connect(visited.address, signal())
  await known.subscriberSeen('readings', id, signal())
  const bytes = () => systemRng.bytes(MESSAGE)
  figures.push(
    await costOf(visited, `a member's request of ${MESSAGE} B on a stream of its own`, sizes, () =>
      known.request(id, 'sync', bytes(), signal())
    ),
    await costOf(visited, `a member's message of ${MESSAGE} B on a topic, before its signature`, sizes, () =>
      known.publish('readings', bytes())
    )
  )
  await known.stop()
  await visited.stop()
  return figures
}
