// Runs of an evaluation that never was: costs that follow laws exactly, times seeded noise. For tests of what is made of runs.
import type { RoleName } from '@hushgrid/lab'
import { SeededRng } from '@hushgrid/primitives'
import type { Evaluation } from '../../src/record/evaluation.ts'
import type { CostByRole, EvaluatedChange, EvaluatedCost, EvaluatedRun, EvaluatedSlot, RunPoint } from '../../src/record/run.ts'

/** What a contender's costs follow. */
interface Law {
  readonly bits: readonly (number | null)[]
  readonly masks: boolean
  /** CPU ms of a meter's reading at n = 10 and 2048 bits, and the exponent with which it grows. */
  readonly cpu: number
  readonly exponent: number
  /** Bytes and messages that a meter sends for a reading. */
  readonly bytes: (n: number, bits: number) => number
  readonly messages: (n: number) => number
  readonly rounds: number
  readonly missing: 'lost' | 'left-out' | 'recovered'
  readonly collector: readonly RoleName[]
}

const one = (): number => 1
const AGGREGATOR: readonly RoleName[] = ['aggregator']
const small = (): number => 140
const NONE = [null] as const
const LONG = [2048, 3072] as const

const law = (cpu: number, exponent: number, rest: Partial<Law> = {}): Law => ({
  bits: NONE,
  masks: false,
  cpu,
  exponent,
  bytes: small,
  messages: one,
  rounds: 1,
  missing: 'lost',
  collector: AGGREGATOR,
  ...rest
})
const ciphertext = (_n: number, bits: number): number => bits / 4 + 110
const many = (n: number, bits: number): number => ((n - 1) * bits) / 4 + 110

export const LAWS = {
  plain: law(0.1, 0, { missing: 'left-out' }),
  dcnet: law(0.22, 0.05, { masks: true, missing: 'recovered', collector: ['aggregator', 'registrar'] }),
  'dcnet-double': law(0.5, 0.2, {
    masks: true,
    missing: 'recovered',
    messages: () => 2.1,
    rounds: 3,
    collector: ['aggregator', 'registrar']
  }),
  'pes-reencrypt': law(0.4, 0, { bits: LONG, missing: 'left-out', rounds: 3, collector: ['concentrator', 'pes', 'supplier'] }),
  'pes-direct': law(6, 0, {
    bits: LONG,
    bytes: ciphertext,
    missing: 'left-out',
    rounds: 3,
    collector: ['concentrator', 'pes', 'supplier']
  }),
  ttp: law(0.2, 0, { missing: 'left-out', rounds: 2 }),
  'garcia-jacobs': law(210, 1, { bits: LONG, bytes: many, messages: () => 2, rounds: 3 }),
  klenze: law(420, 1, { bits: LONG, bytes: many, messages: () => 5, rounds: 8 }),
  'erkin-tsudik-spatial': law(320, 1, { bits: LONG, bytes: many, messages: n => 2 * n - 1, rounds: 2 }),
  'dimitriou-awad-symmetric': law(0.6, 0.9, { messages: n => n, rounds: 2 }),
  busom: law(1.2, 0, { rounds: 3, messages: () => 2 }),
  shi: law(0.3, 0),
  'joye-libert': law(46, 0, { bits: LONG, bytes: ciphertext }),
  leontiadis: law(90, 0, { bits: LONG, bytes: ciphertext, missing: 'recovered', rounds: 3, messages: () => 2 }),
  'benhamouda-joye-libert': law(0.5, 0),
  marmol: law(0.25, 0, { rounds: 2, messages: () => 2 }),
  vetter: law(0.15, 0, { missing: 'left-out', rounds: 5 }),
  'kursawe-interactive': law(0.3, 0, { rounds: 2, messages: () => 3 }),
  'kursawe-diffie-hellman': law(0.4, 0.9, { rounds: 2, messages: n => n }),
  'kursawe-low-overhead': law(0.2, 0.3)
} as const satisfies Readonly<Record<string, Law>>
export type GeneratedContender = keyof typeof LAWS

export interface GeneratedInit {
  readonly contenders?: readonly GeneratedContender[]
  readonly n?: readonly number[]
  readonly repeats?: number
  readonly dropout?: readonly number[]
  readonly delayMs?: readonly number[]
  /** Standard deviation of the noise on logarithms. */
  readonly noise?: number
  readonly slots?: number
  readonly seed?: string
  /** Repeats of `dcnet` that a busy machine disturbed. */
  readonly disturbed?: readonly number[]
  readonly bits?: readonly number[]
}

const DEGREE = 8

/** Makes an evaluation of all points; those with missing meters, or with another delay, at the largest n. */
export function generatedEvaluation(init: GeneratedInit = {}): Evaluation {
  const {
    contenders = Object.keys(LAWS) as GeneratedContender[],
    n: sizes = [10, 20, 50],
    repeats = 8,
    dropout = [0],
    delayMs = [20],
    bits = [2048]
  } = init
  const largest = Math.max(...sizes)
  const points = contenders.flatMap(contender =>
    (LAWS[contender] as Law).bits
      .filter(length => length === null || bits.includes(length))
      .flatMap(length =>
        sizes.flatMap(n =>
          dropout.flatMap(missing =>
            delayMs
              .filter(delay => n === largest || (missing === dropout[0] && delay === delayMs[0]))
              .filter(delay => missing === dropout[0] || delay === delayMs[0])
              .flatMap(delay =>
                Array.from({ length: repeats }, (_, repeat) =>
                  pointOf(contender, { n, bits: length, dropout: missing, delayMs: delay, repeat })
                )
              )
          )
        )
      )
  )
  return {
    format: 'hushgrid-evaluation/1',
    name: 'generated',
    command: 'pnpm evaluate generated.yaml --out evaluations/generated',
    started: '2026-01-01T00:00:00.000Z',
    seed: init.seed ?? 'generated',
    readings: 'made up by a test',
    lanes: ['1-0:1.29.0', '1-0:2.29.0'],
    exhibits: [],
    environment: {
      cpu: 'no processor',
      cores: 2,
      memoryBytes: 8e9,
      platform: 'linux x64',
      node: 'v26.10.0',
      openssl: '3.5.0',
      versions: { hushgrid: '0.1.0' },
      commit: null,
      changed: null
    },
    runs: points.filter(({ dropout: missing, n }) => missing === 0 || n === largest).map(point => runOf(point, init)),
    missing: []
  }
}

function pointOf(contender: GeneratedContender, own: Pick<RunPoint, 'n' | 'bits' | 'dropout' | 'delayMs' | 'repeat'>): RunPoint {
  const { masks } = LAWS[contender] as Law
  return { contender, drive: 'simulated', lanes: 2, degree: masks ? DEGREE : null, gamma: masks ? 0.3 : null, churn: null, loss: 0, ...own }
}

function runOf(point: RunPoint, { noise = 0.05, slots = 12, seed = 'generated', disturbed = [] }: GeneratedInit): EvaluatedRun {
  const own = LAWS[point.contender as GeneratedContender] as Law
  const rng = new SeededRng(`${seed} ${JSON.stringify(point)}`)
  // What all contenders of a repeat have in common: readings and waits that are dearer or cheaper.
  const common = gaussian(new SeededRng(`${seed} ${point.repeat} ${point.n}`)) * noise
  const factor = (): number => Math.exp(common + gaussian(rng) * noise)
  const isDisturbed = point.contender === 'dcnet' && disturbed.includes(point.repeat)
  return {
    format: 'hushgrid-evaluation-run/1',
    point,
    seed: `${seed} ${point.repeat}`,
    started: '2026-01-01T00:00:00.000Z',
    ended: '2026-01-01T00:01:00.000Z',
    slotSeconds: 900,
    warmUpSlots: 2,
    parties: { meter: point.n, ...Object.fromEntries(own.collector.map(role => [role, 1])) },
    setup: { ms: 100 * own.rounds, roles: scaled(costsOf(own, point, factor), 10) },
    slots: Array.from({ length: slots }, (_, index) => slotOf(own, point, { index, rng, factor })),
    changes: (['join', 'leave', 'crash'] as const).map(kind => changeOf(own, point, kind, factor)),
    storage: Object.fromEntries((['meter', ...own.collector] as const).map(role => [role, storedBy(own, point, factor, role)])),
    memory: { meter: 40_000 * factor() },
    disturbed: isDisturbed,
    ...(isDisturbed && { disturbance: 'other programs used 1.5 of 2 cores' }),
    violations: []
  }
}

/** Draws from the standard normal distribution (Box and Muller). */
function gaussian(rng: SeededRng): number {
  return Math.sqrt(-2 * Math.log(1 - rng.uniform())) * Math.cos(2 * Math.PI * rng.uniform())
}

function costsOf(own: Law, { n, bits }: RunPoint, factor: () => number): CostByRole {
  const longer = ((bits ?? 2048) / 2048) ** 2.6
  const cpuMs = n * own.cpu * longer * (n / 10) ** own.exponent * factor()
  const sent = n * own.messages(n)
  const bytes = n * own.bytes(n, bits ?? 2048)
  const cost = (part: number): EvaluatedCost => ({
    cpuMs: cpuMs * part,
    sentMessages: sent * part,
    receivedMessages: sent * part,
    sentBytes: bytes * part,
    receivedBytes: bytes * part,
    sentWire: null,
    receivedWire: null
  })
  return { meter: cost(1), ...Object.fromEntries(own.collector.map((role, i) => [role, cost(0.2 / (i + 1))])) }
}

function scaled(costs: CostByRole, by: number): CostByRole {
  const times = (cost: EvaluatedCost): EvaluatedCost => ({
    ...cost,
    cpuMs: cost.cpuMs * by,
    sentBytes: cost.sentBytes * by,
    sentMessages: cost.sentMessages * by
  })
  return Object.fromEntries(Object.entries(costs).map(([role, cost]) => [role, times(cost)]))
}

interface SlotSetting {
  readonly index: number
  readonly rng: SeededRng
  readonly factor: () => number
}

function slotOf(own: Law, point: RunPoint, { index, rng, factor }: SlotSetting): EvaluatedSlot {
  const { n, dropout, delayMs } = point
  const missing = Array.from({ length: n }, () => rng.uniform() < dropout).filter(Boolean).length
  const lost = missing > 0 && own.missing === 'lost'
  const recovers = missing > 0 && own.missing === 'recovered'
  const rounds = own.rounds + (recovers ? 3 : 0)
  const sinceEndMs = rounds * delayMs * (1 + 0.1 * rng.uniform())
  return {
    index,
    phase: 'steady',
    members: n,
    submitted: n - missing,
    missing,
    recovered: recovers ? missing : 0,
    outcome: lost ? 'lost' : 'total',
    ...(lost && { reason: 'a member is missing' }),
    late: !lost && recovers && rng.uniform() < 0.1,
    busy: false,
    exact: lost ? null : true,
    rounds: lost ? null : rounds,
    sinceEndMs: lost ? null : sinceEndMs,
    roles: costsOf(own, point, factor)
  }
}

function changeOf(own: Law, { n }: RunPoint, kind: EvaluatedChange['kind'], factor: () => number): EvaluatedChange {
  const touched = kind === 'crash' ? 0 : own.masks ? DEGREE : own.missing === 'left-out' ? 1 : n
  return {
    kind,
    messages: touched * 3,
    bytes: touched * 200 * factor(),
    cpuMs: touched * 0.4 * factor(),
    keyAgreements: touched,
    lostSlots: kind === 'crash' && own.missing === 'lost' ? 1 : 0
  }
}

function storedBy(
  own: Law,
  { n }: RunPoint,
  factor: () => number,
  role: RoleName
): { readonly dayBytes: number; readonly monthBytes: number } {
  const dayBytes = 96 * 150 * factor() * (role === 'meter' ? 1 : n) * (own.masks ? 1.5 : 1)
  return { dayBytes, monthBytes: 30 * dayBytes }
}
