/** Relative likelihood of a use by local hour, 0 to 23; what people are up for it decides the rest. */
type HourWeights = readonly number[]

const any: HourWeights = new Array(24).fill(1)
// Shapes in the manner of the activity profiles in Richardson et al. 2010 (doi:10.1016/j.enbuild.2010.05.023), by hand.
const meals: HourWeights = [0.2, 0.1, 0, 0, 0.1, 0.4, 1, 1.6, 1.5, 1, 0.9, 1.2, 1.8, 1.4, 0.9, 1.2, 2.3, 3.6, 3.6, 2.4, 1.2, 0.7, 0.5, 0.3]
const drinks: HourWeights = [0.4, 0.2, 0, 0, 0.3, 1, 2, 2.4, 2.2, 1.8, 1.8, 1.6, 1.6, 1.4, 1.4, 1.5, 1.7, 1.8, 1.7, 1.6, 1.5, 1.4, 1.1, 0.7]
const laundry: HourWeights = [
  0.2, 0.1, 0.05, 0, 0.1, 0.4, 1, 1.8, 2.2, 2.4, 2.4, 2.2, 1.9, 1.7, 1.5, 1.4, 1.4, 1.5, 1.6, 1.6, 1.4, 1, 0.7, 0.4
]
const washing: HourWeights = [0.2, 0.1, 0, 0, 0.6, 2, 4, 4.5, 3, 1.5, 0.8, 0.5, 0.4, 0.3, 0.3, 0.4, 0.7, 1, 1.2, 1.3, 1.4, 1.3, 1, 0.5]
const dishes: HourWeights = [0.6, 0.2, 0, 0, 0, 0.1, 0.4, 0.8, 1, 1, 0.7, 0.6, 0.9, 1.1, 0.7, 0.5, 0.6, 1, 2, 3, 3, 2.4, 1.8, 1.2]
const leisure: HourWeights = [
  1.2, 0.5, 0.1, 0, 0, 0.1, 0.4, 0.8, 0.8, 0.7, 0.7, 0.8, 0.9, 0.9, 0.9, 1.1, 1.5, 2.4, 3.2, 3.4, 3, 2.6, 2, 1.5
]

/** Part of a use: minutes and watts. */
type Phase = readonly [minutes: number, watts: number]

/** A thing that people switch on. */
export interface Appliance {
  readonly name: string
  /** Part of all homes that has one (of homes with gas, where `gasElsewhere`). */
  readonly owned: number
  /** Most homes do this with gas; those without gas all have it. */
  readonly gasElsewhere?: boolean
  /** Uses a day in a home of median usage: `fixed + perPerson × people`. */
  readonly fixed: number
  readonly perPerson: number
  readonly hours: HourWeights
  readonly phases: readonly Phase[]
  /** Spread of a use's length around that of its phases, as a part of it. */
  readonly varies: number
  /** Used as often by those who use much as by those who use little: nobody showers three times as often. */
  readonly steady?: boolean
}

/**
 * Appliances with their ownership, uses and power: ownership and powers in the order of those in Richardson et al. 2010
 * (CREST) and the Household Electricity Survey (Intertek R66141, 2012), uses a day then fitted to the sample.
 */
export const APPLIANCES: readonly Appliance[] = [
  { name: 'kettle', owned: 0.97, fixed: 1.2, perPerson: 1.3, hours: drinks, phases: [[3, 2200]], varies: 0.4 },
  { name: 'toaster', owned: 0.85, fixed: 0.2, perPerson: 0.2, hours: washing, phases: [[4, 1100]], varies: 0.3 },
  { name: 'microwave', owned: 0.88, fixed: 0.4, perPerson: 0.25, hours: meals, phases: [[6, 1250]], varies: 0.5 },
  {
    name: 'oven',
    owned: 0.62,
    gasElsewhere: true,
    fixed: 0.28,
    perPerson: 0.08,
    hours: meals,
    phases: [
      [12, 2200],
      [28, 900]
    ],
    varies: 0.4
  },
  {
    name: 'hob',
    owned: 0.42,
    gasElsewhere: true,
    fixed: 0.5,
    perPerson: 0.2,
    hours: meals,
    phases: [
      [6, 1800],
      [18, 1000]
    ],
    varies: 0.5
  },
  {
    name: 'washing machine',
    owned: 0.94,
    fixed: 0.12,
    perPerson: 0.17,
    hours: laundry,
    phases: [
      [18, 2000],
      [52, 170],
      [12, 400]
    ],
    varies: 0.15
  },
  { name: 'tumble dryer', owned: 0.42, fixed: 0.08, perPerson: 0.13, hours: laundry, phases: [[65, 2000]], varies: 0.3 },
  {
    name: 'dishwasher',
    owned: 0.4,
    fixed: 0.3,
    perPerson: 0.13,
    hours: dishes,
    phases: [
      [18, 2000],
      [30, 120],
      [16, 2000],
      [25, 40]
    ],
    varies: 0.1
  },
  {
    name: 'electric shower',
    owned: 0.32,
    gasElsewhere: true,
    fixed: 0.1,
    perPerson: 0.5,
    hours: washing,
    phases: [[6, 8500]],
    varies: 0.35,
    steady: true
  },
  { name: 'iron', owned: 0.8, fixed: 0.1, perPerson: 0.06, hours: laundry, phases: [[25, 1000]], varies: 0.4 },
  { name: 'vacuum cleaner', owned: 0.93, fixed: 0.2, perPerson: 0.05, hours: laundry, phases: [[18, 1600]], varies: 0.4 },
  { name: 'television', owned: 0.97, fixed: 1.9, perPerson: 0.7, hours: leisure, phases: [[95, 125]], varies: 0.5 },
  { name: 'computer', owned: 0.8, fixed: 1.0, perPerson: 0.7, hours: leisure, phases: [[110, 110]], varies: 0.6 },
  { name: 'portable heater', owned: 0.18, fixed: 0.5, perPerson: 0.1, hours: any, phases: [[70, 1500]], varies: 0.6 }
]
