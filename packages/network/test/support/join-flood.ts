// Program that makes 10,000 attempts to enrol from one address, each thousand with 900 that only begin a connection and 100
// that go as far as they are let; told the registrar's address, the network and the slot. Prints what came of them.
import { networkId } from '@hushgrid/dcnet'
import { EnrolRequest, MessageType, sealEnvelope } from '@hushgrid/messages'
import { BlindingKey, type Epoch, type Slot, systemRng } from '@hushgrid/primitives'
import { openSockets, startOutsider } from './outsider.ts'

const [, , address = '', network = '', slot = '', from = ''] = process.argv
const IDENTITIES = 100
const ROUNDS = 10
const SILENT = 900
/** First bytes of every libp2p connection. */
const HELLO = new TextEncoder().encode('\x13/multistream/1.0.0\n')

const outsiders = await Promise.all(Array.from({ length: IDENTITIES }, () => startOutsider(network, from)))
const result = { attempts: 0, answered: 0 }
for (let round = 0; round < ROUNDS; round++) {
  const sockets = await openSockets(address, SILENT, from, HELLO)
  result.attempts += SILENT
  await Promise.all(
    outsiders.map(async ({ identity, ask }) => {
      const { publicKey: blindingKey } = BlindingKey.generate(systemRng)
      const payload = EnrolRequest.encode({ blindingKey, season: 0, lanes: Uint8Array.of(0) })
      const wish = sealEnvelope(identity, MessageType.EnrolRequest, networkId(network), 0 as Epoch, Number(slot) as Slot, payload)
      const answer = await ask(address, 'enrol', wish)
      result.attempts++
      if (answer.byteLength > 0) result.answered++
    })
  )
  for (const socket of sockets) socket.destroy()
  // Tells the test that it is in full swing.
  process.send?.(result)
}
process.exit()
