// What a run says and does about its pace, with a neighbourhood that only notes it.
import { expect, it } from 'vitest'
import type { LabEvent, SlotRow } from '../../src/neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../../src/neighbourhood/neighbourhood.ts'
import { PaceKeeper } from '../../src/run/pace-keeper.ts'

function keeper({ adapts, slotMs = 1000 }: { readonly adapts: boolean; readonly slotMs?: number }) {
  const said: string[] = []
  const lengthened: number[] = []
  const neighbourhood = {
    options: { processes: 1, members: 50 },
    slotMs,
    lengthen: (next: number) => {
      neighbourhood.slotMs = next
      lengthened.push(next)
    },
    awayAt: () => ({ meters: new Set([7]), collector: false })
  }
  const emit = (event: LabEvent): void => void (event.type === 'note' && said.push(event.text))
  const pace = new PaceKeeper(neighbourhood as unknown as LabNeighbourhood, adapts, emit)
  const over = (row: Partial<SlotRow>): void => pace.over({ slot: 1, slotMs, lagMs: 20, busy: false, missingMeters: [], ...row } as SlotRow)
  return { pace, over, said, lengthened, neighbourhood }
}
const lateSample = { cpuMs: 0, stalls: Array.from({ length: 20 }, (_, i) => ({ until: i, ms: 400 })) } as unknown as LabSample

it('begins with longer slots on a machine that was late while the neighbourhood formed, and says so', () => {
  const { pace, said, neighbourhood } = keeper({ adapts: true })
  pace.formed(lateSample)
  expect([said, neighbourhood.slotMs]).toEqual([['this machine is too slow for slots of 1 s with 50 meters: beginning with 3 s'], 3000])
})

it("lengthens slots after a loss that was the machine's, once for all that were under way", () => {
  const { over, said, lengthened } = keeper({ adapts: true })
  over({})
  over({ lost: true })
  expect(lengthened).toEqual([])
  over({ busy: true, lagMs: 600 })
  over({ busy: true, lagMs: 600 })
  expect([lengthened, said]).toEqual([[2000], ['this machine is too slow for slots of 1 s: going on with 2 s']])
})

it('counts meters that nobody took away as missing for the machine', () => {
  const { over, lengthened } = keeper({ adapts: true })
  for (let i = 0; i < 4; i++) over({ lagMs: 300, missingMeters: [7] })
  expect(lengthened).toEqual([])
  for (let i = 0; i < 2; i++) over({ lagMs: 300, missingMeters: [7, 8] })
  expect(lengthened).toEqual([2000])
})

it('leaves a length alone that was given, and says once what would help', () => {
  const { pace, over, said, lengthened, neighbourhood } = keeper({ adapts: false })
  pace.formed(lateSample)
  over({ busy: true, lagMs: 600 })
  over({ busy: true, lagMs: 600 })
  expect([lengthened, neighbourhood.slotMs]).toEqual([[], 1000])
  expect(said).toEqual(['this machine is too slow for slots of 1 s: with --slot-ms auto the lab lengthens them'])
})

it('says once where even the longest slots are too short', () => {
  const { over, said, lengthened } = keeper({ adapts: true, slotMs: 32_000 })
  over({ busy: true, lagMs: 9000 })
  over({ busy: true, lagMs: 9000 })
  expect(lengthened).toEqual([])
  expect(said).toEqual([
    'this machine is too slow for slots of 32 s: 32 s is the longest that the lab chooses; --slot-ms sets a longer one, fewer meters need less'
  ])
})
