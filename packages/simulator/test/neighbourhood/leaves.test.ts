// Leaves in virtual time, with requests to join around them.
import { MessageType } from '@hushgrid/messages'
import { expect, it } from 'vitest'
import { envelopeIn } from '../../src/attacks/simulated-target.ts'
import { SimulatedNeighbourhood } from '../../src/neighbourhood/simulated-neighbourhood.ts'

function neighbourhood(): SimulatedNeighbourhood {
  return new SimulatedNeighbourhood({ members: 12, degree: 6, minMembers: 4, signatures: 'stand-in', seed: 'leaves' })
}

/** Tells whether a meter is in the latest roster. */
function isIn(n: SimulatedNeighbourhood, meter: number): boolean {
  return n.registrarNode.state.book.latest?.roster.indexOf(n.meter(meter).id) !== undefined
}

it('a request to join that arrives after the leave that followed it does not withdraw the leave', () => {
  const n = neighbourhood()
  let held = 0
  n.network.intercept(({ from, channel, bytes }) => {
    const isJoin = channel === 'enrol' && envelopeIn({ channel, bytes })?.type === MessageType.JoinRequest
    if (!isJoin || from !== n.meter(3).number || n.at < 1) return 'pass'
    held++
    return { delay: 20_000 }
  })
  n.schedule(1.5, () => n.meter(3).ask())
  n.schedule(1.505, () => n.leave(3))
  n.runSlots(5)
  expect(held).toBe(1)
  expect([isIn(n, 3), n.meter(3).left]).toEqual([false, true])
})

it('a meter that leaves says so again, instead of joining, when the registrar is back', () => {
  const n = neighbourhood()
  n.schedule(1.2, () => n.leave(3))
  n.schedule(1.3, () => n.crashRole('registrar'))
  n.schedule(1.35, () => n.restartRole('registrar'))
  n.runSlots(5)
  expect([isIn(n, 3), n.meter(3).left]).toEqual([false, true])
  expect(n.result().changes.filter(({ kind }) => kind === 'leave')).toMatchObject([{ meter: 3 }])
})

it('a meter that leaves and asks to join again before it is out stays, without a change', () => {
  const n = neighbourhood()
  n.schedule(1.2, () => n.leave(3))
  n.schedule(1.3, () => n.join(3))
  n.runSlots(5)
  expect([isIn(n, 3), n.meter(3).left, n.meter(3).up]).toEqual([true, false, true])
  expect(n.result().changes).toEqual([])
  expect(n.result().slots.map(({ submitted }) => submitted)).toEqual([12, 12, 12, 12, 12])
})
