// The aggregator of readings in the clear: adds its members' readings up, and tells all the total.
import { NetworkNode, realNow } from '@hushgrid/network'
import { addLanes, type LaneVector, type MeterId, type Slot, slotAt, slotTimes, zeroLanes } from '@hushgrid/primitives'
import { laneCodes } from '@hushgrid/topology'
import { dropsOnly, firstAddress, LOOPBACK, NO_EPOCH, presetOf, type RunRole } from '../toolkit.ts'
import { eachSlot, identityIn, JOIN, LEAVE, message, readMessage } from './reading.ts'

/** Number of slots in a row without a reading after which a member is not waited for. */
const MISSES = 2

export const runAggregator: RunRole<object> = async (order, { clock, tell, fail }) => {
  const { network, state } = order
  const { slotSeconds, lanes } = network
  const identity = identityIn(state)
  const node = await NetworkNode.start({ identity, network: network.name, listen: LOOPBACK, preset: presetOf(order) })
  /** Misses in a row, by member. */
  const members = new Map<MeterId, number>()
  const open = new Map<Slot, Map<MeterId, LaneVector>>()
  let closedThrough = -1
  let dropped = 0

  const close = (slot: Slot): void => {
    if (slot <= closedThrough) return
    closedThrough = slot
    const readings = open.get(slot) ?? new Map<MeterId, LaneVector>()
    for (const old of open.keys()) if (old <= slot) open.delete(old)
    const sum = zeroLanes(lanes.length)
    for (const reading of readings.values()) addLanes(sum, reading)
    const missing = [...members.keys()].filter(id => !readings.has(id))
    for (const [id, misses] of members) members.set(id, readings.has(id) ? 0 : misses + 1)
    node.publish('control', message(identity.id, slot, sum)).catch(fail)
    tell({
      type: 'result',
      result: {
        type: 'total',
        slot,
        epoch: NO_EPOCH,
        contributors: readings.size,
        missing,
        lanes: sum,
        open: laneCodes({ lanes }),
        withheld: {}
      },
      at: realNow()
    })
  }

  node.subscribe('control', () => 'accept')
  node.subscribe('readings', (from, bytes) => {
    const reading = readMessage(bytes, from, lanes.length)
    if (!reading || !members.has(from) || reading.slot <= closedThrough || reading.slot > slotAt(clock.now(), slotSeconds)) {
      dropped++
      return 'ignore'
    }
    const { slot } = reading
    const readings = open.get(slot) ?? new Map<MeterId, LaneVector>()
    open.set(slot, readings)
    readings.set(from, reading.lanes)
    if ([...members].every(([id, misses]) => misses >= MISSES || readings.has(id))) close(slot)
    // A reading is taken and not passed on.
    return 'ignore'
  })
  await node.serve('enrol', (from, [what]) => {
    if (what === JOIN && !members.has(from)) tell({ type: 'member', id: from, what: 'joined' })
    if (what === LEAVE && members.delete(from)) tell({ type: 'member', id: from, what: 'left' })
    if (what === JOIN) members.set(from, 0)
    return new Uint8Array([what ?? 0])
  })
  const end = eachSlot(clock, slotSeconds, slot => slotTimes(slot, slotSeconds).deadline, close)
  return {
    ready: { address: firstAddress(node), id: undefined },
    account: () => dropsOnly(dropped > 0 ? { unexpected: dropped } : {}),
    stop: async () => {
      end()
      await node.stop()
    }
  }
}
