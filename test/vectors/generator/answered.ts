// The cases that go through.
import type { Spec } from './answers.ts'

export const obis = (count: number): string[] => Array.from({ length: count }, (_, i) => `1-0:${i + 1}.29.0`)
export const BOUND = (1n << 47n) - 1n

export const ANSWERED: readonly Spec[] = [
  { name: 'three-first-epoch', n: 3, degree: 2, lanes: obis(1), recovery: 0, epoch: 0, season: 0, previous: '00'.repeat(32), slot: 0 },
  { name: 'four-complete', n: 4, degree: 4, lanes: obis(2), slot: 1_963_600, firstSlot: 1_963_584, missing: [2] },
  { name: 'eight-ring-both-neighbours-missing', n: 8, degree: 2, lanes: obis(3), slot: 1_963_584, missing: [1, 7] },
  { name: 'eight-complete-short-slots', n: 8, degree: 8, lanes: obis(2), recovery: 0, slot: 77, slotSeconds: 60 },
  { name: 'eight-mostly-absent', n: 8, degree: 6, lanes: obis(2), slot: 4_711, absent: [0, 2, 3, 5, 6] },
  { name: 'nine-complete', n: 9, degree: 8, lanes: obis(5), slot: 1_963_584, missing: [0, 4, 5], absent: [7], minMembers: 5 },
  {
    name: 'twenty-beyond-32-bits',
    n: 20,
    degree: 6,
    lanes: obis(5),
    season: 0xffff_ffff,
    slot: 2 ** 32 + 4,
    firstSlot: 2 ** 32 - 1,
    slotSeconds: 1800,
    missing: [4, 5, 6],
    absent: [8, 19]
  },
  {
    name: 'twenty-extreme-readings',
    n: 20,
    degree: 20,
    lanes: obis(3),
    recovery: 0,
    slot: 1_963_584,
    maxReading: BOUND,
    reading: (i, lane) => (lane === 0 ? BOUND : lane === 1 ? -BOUND : i % 2 === 0 ? BOUND : -BOUND)
  },
  {
    name: 'twenty-extreme-readings-missing',
    n: 20,
    degree: 6,
    lanes: obis(1),
    slot: 1_963_585,
    missing: [0, 10],
    maxReading: BOUND,
    reading: i => (i % 3 === 0 ? BOUND : -BOUND)
  },
  { name: 'forty', n: 40, degree: 14, lanes: obis(2), slot: 1_963_584, missing: [0, 1, 7, 20, 33], absent: [3, 21, 22], minMembers: 20 },
  { name: 'sixty-four-lanes', n: 3, degree: 2, lanes: obis(64), slot: 1_963_584, missing: [], recovery: 0 },
  {
    name: 'greatest-slot',
    n: 4,
    degree: 2,
    lanes: obis(3),
    epoch: 2 ** 48,
    slot: 2 ** 48 - 1,
    firstSlot: 2 ** 48 - 1,
    slotSeconds: 1,
    missing: [3]
  },
  {
    name: 'unusual-lanes',
    n: 5,
    degree: 4,
    lanes: ['255-255:255.255.255*255', '0-0:0.0.0', '1-0:1.8.0*1'],
    slot: 12,
    slotSeconds: 86_400,
    reading: (i, lane) => BigInt(-i) * BigInt(lane)
  },
  {
    name: 'twelve-two-pieces',
    n: 12,
    degree: 2,
    lanes: obis(4),
    slot: 1_963_590,
    firstSlot: 1_963_584,
    seasonFirstSlot: 1_963_500,
    missing: [0, 6],
    support: [3, 3, 5, 7],
    // The members of one piece and those of the other were drawn at random.
    fills: (i, lane) => lane !== 1 || i % 3 !== 0,
    beside: ['1-0:13.29.0', '0-0:96.1.0']
  },
  {
    name: 'twelve-three-pieces-one-too-small',
    n: 12,
    degree: 2,
    lanes: obis(2),
    slot: 1_963_590,
    missing: [0, 4, 7]
  },
  {
    name: 'sixteen-cut-and-all-but-one-lane-closes',
    n: 16,
    degree: 6,
    lanes: obis(9),
    slot: 1_963_600,
    firstSlot: 1_963_584,
    minMembers: 6,
    missing: [3, 9],
    absent: [12],
    cuts: [
      [3, 4],
      [5, 6],
      [9, 12],
      [0, 8]
    ],
    support: [6, 14, 14, 14, 14, 14, 14, 14, 14],
    fills: (i, lane) => lane === 0 || i !== lane
  },
  {
    name: 'ten-one-plant',
    n: 10,
    degree: 4,
    lanes: obis(2),
    slot: 1_963_584,
    minMembers: 5,
    support: [5, 1],
    missing: [2],
    fills: (i, lane) => lane === 0 || i === 7,
    consents: lane => lane === 1
  },
  { name: 'double-ring', n: 7, degree: 2, lanes: obis(5), recovery: 2, slot: 1_963_584 },
  {
    name: 'double-complete',
    n: 8,
    degree: 8,
    lanes: obis(3),
    recovery: 2,
    slot: 1_963_600,
    firstSlot: 1_963_584,
    missing: [2],
    absent: [5]
  },
  {
    name: 'double-cut-and-liar',
    n: 8,
    degree: 8,
    lanes: obis(2),
    recovery: 2,
    slot: 1_963_584,
    support: [3, 3],
    fills: (i, lane) => lane === 0 || i > 2,
    cuts: [[1, 5]],
    lying: [3]
  },
  { name: 'double-silent', n: 7, degree: 6, lanes: obis(2), recovery: 2, slot: 0, silent: [1] },
  {
    name: 'double-ring-of-six',
    n: 24,
    degree: 6,
    lanes: obis(1),
    recovery: 2,
    slot: 77,
    slotSeconds: 60,
    missing: [8],
    silent: [0],
    absent: [16]
  },
  {
    name: 'double-beyond-32-bits',
    n: 30,
    degree: 12,
    lanes: obis(7),
    recovery: 2,
    season: 0xffff_ffff,
    slot: 2 ** 32 + 5,
    firstSlot: 2 ** 32 - 1,
    slotSeconds: 1800,
    minMembers: 20,
    missing: [0, 1],
    absent: [14],
    silent: [15, 16]
  },
  {
    name: 'double-liars',
    n: 24,
    degree: 18,
    lanes: obis(2),
    recovery: 2,
    slot: 1_963_600,
    firstSlot: 1_963_590,
    seasonFirstSlot: 1_963_584,
    minMembers: 12,
    missing: [5],
    absent: [20],
    silent: [11],
    lying: [2, 3],
    cuts: [
      [2, 9],
      [5, 6],
      [15, 16]
    ]
  },
  {
    name: 'double-liars-and-nobody-missing',
    n: 13,
    degree: 12,
    lanes: obis(2),
    recovery: 2,
    slot: 1_963_584,
    support: [3, 4],
    fills: (i, lane) => lane === 0 || i % 3 === 0,
    lying: [0, 7]
  },
  {
    name: 'double-refused-by-all',
    n: 12,
    degree: 4,
    lanes: obis(2),
    recovery: 2,
    slot: 1_963_584,
    missing: [0, 1, 4, 5]
  },
  {
    name: 'double-extreme-readings-greatest-slot',
    n: 6,
    degree: 4,
    lanes: obis(3),
    recovery: 2,
    epoch: 2 ** 48,
    slot: 2 ** 48 - 1,
    firstSlot: 2 ** 48 - 1,
    slotSeconds: 1,
    missing: [3],
    maxReading: BOUND,
    reading: (i, lane) => (lane === 0 ? BOUND : lane === 1 ? -BOUND : i % 2 === 0 ? BOUND : -BOUND)
  }
]
