// The people of a synthetic household, and their appliances.
import { SeededRng } from '@hushgrid/primitives'
import { APPLIANCES, type Appliance } from './appliances.ts'

/** Parts of all households, from 0 to 1. */
export interface SyntheticShares {
  /** Night storage heaters and night hot water, on seven hours from midnight UTC (Economy 7). */
  readonly storageHeating: number
  /** Electric heaters that run when somebody is up and it is cold. */
  readonly directHeating: number
  /** Photovoltaic panels, 2 to 4 kW peak, that export what the home does not use at once. */
  readonly photovoltaic: number
  /** Electric cars charged at home in the evening with 7 kW. */
  readonly electricVehicle: number
}

/**
 * A neighbourhood like those of the Low Carbon London trial, with panels in a third of the homes, so that a street of 25
 * has enough of them for a total of its exports. Storage heating: 4 of the 60 households of the sample that the model was
 * fitted to.
 */
export const DEFAULT_SHARES: SyntheticShares = { storageHeating: 0.067, directHeating: 0.05, photovoltaic: 1 / 3, electricVehicle: 0 }

/** One who lives there. Times are local minutes of the day. */
interface Person {
  /** Away from home on working days. */
  readonly works: boolean
  readonly wakes: number
  readonly sleeps: number
}

/** A fridge or freezer: on for a part of each period. */
interface ColdAppliance {
  readonly watts: number
  readonly periodMinutes: number
  readonly duty: number
  readonly phase: number
}

/** Traits that stay with a household: its people and appliances. */
export interface Household {
  readonly people: readonly Person[]
  /** Factor on how often and how long things are used; 1 for the median home. */
  readonly usage: number
  /** Watts that are always on: standby, network, pumps, whatever else. */
  readonly baseWatts: number
  readonly lightingWatts: number
  /** Light outdoors below which lamps are lit, W/m². */
  readonly lampsBelow: number
  readonly cold: readonly ColdAppliance[]
  readonly appliances: readonly Appliance[]
  /** Rarely lived in. */
  readonly secondHome: boolean
  /** Power of the storage heaters, W each, and of the night water heater; empty without. */
  readonly storageHeaters: readonly number[]
  readonly nightWaterWatts: number
  /** Minutes after midnight at which the night tariff's switch closes. */
  readonly nightSwitch: number
  /** W per K between 19 °C and outdoors of direct electric heating; 0 without. */
  readonly directHeating: number
  /** Pump and fan of a gas boiler, W; 0 with electric heating. */
  readonly boilerWatts: number
  /** Peak power of the panels, W; 0 without. */
  readonly panelWatts: number
  readonly electricVehicle: boolean
}

/** Irrational steps of the Kronecker sequences, one per trait: fractional parts of square roots of primes. */
const STEPS = { people: 2, usage: 3, heating: 5, photovoltaic: 7, vehicle: 11, base: 13 } as const

/**
 * A number in [0, 1) for a trait of household i. Not drawn independently but spread evenly (a Kronecker sequence with
 * a seeded start), so that already twenty neighbours are a fair cross-section, and household i does not depend on how
 * many there are.
 */
function spread(seed: string, trait: keyof typeof STEPS, index: number): number {
  const start = new SeededRng(`${seed} spread ${trait}`).uniform()
  return (start + (index + 1) * Math.sqrt(STEPS[trait])) % 1
}

/** Weibull quantile with median 1: spreads use over homes as wide as the sample's, without a lognormal's far tail. */
function weibull(u: number, shape: number): number {
  return (-Math.log(1 - u) / Math.LN2) ** (1 / shape)
}

/** Households by people, England and Wales (ONS, Census 2011): 1, 2, 3, 4 and 5 or more. */
const PEOPLE = [0.3, 0.34, 0.16, 0.13, 0.07]

function peopleFrom(u: number): number {
  let sum = 0
  for (const [i, share] of PEOPLE.entries()) {
    sum += share
    if (u < sum) return i + 1
  }
  return PEOPLE.length
}

/** Draws household `index` of the seed. */
export function drawHousehold(seed: string, index: number, shares: SyntheticShares): Household {
  const rng = new SeededRng(`${seed} household ${index}`)
  const count = peopleFrom(spread(seed, 'people', index))
  const usage = 0.97 * weibull(spread(seed, 'usage', index), 1.4)
  const heating = spread(seed, 'heating', index)
  const storage = heating < shares.storageHeating
  const direct = !storage && heating < shares.storageHeating + shares.directHeating
  const people = Array.from({ length: count }, (_, i): Person => {
    const adult = i < 2
    return {
      works: rng.uniform() < (adult ? 0.43 : 0.65),
      wakes: 455 + 65 * rng.normal(),
      sleeps: (adult ? 1430 : 1360) + 95 * rng.normal()
    }
  })
  const coldUnits = 1 + (rng.uniform() < 0.45 ? 1 : 0) + (usage > 1.2 && rng.uniform() < 0.4 ? 1 : 0)
  const cold = Array.from({ length: coldUnits }, (): ColdAppliance => {
    const periodMinutes = 40 + 50 * rng.uniform()
    return { watts: 80 + 50 * rng.uniform(), periodMinutes, duty: 0.25 + 0.2 * rng.uniform(), phase: rng.uniform() }
  })
  // Electric water and cooking come together with electric heating: such homes have no gas.
  const allElectric = storage || direct
  const appliances = APPLIANCES.filter(appliance => {
    const owns = rng.uniform()
    return owns < (allElectric && appliance.gasElsewhere ? 1 : appliance.owned)
  })
  const secondHome = rng.uniform() < 0.12
  // Everything is drawn whether or not this home has it, so that a share that is changed changes nothing else.
  const storageHeaters = Array.from({ length: 2 + rng.below(3) }, () => 1150 + 1050 * rng.uniform())
  const nightSwitch = 20 * rng.uniform()
  const directHeating = 45 + 70 * rng.uniform()
  const boilerWatts = (80 + 70 * rng.uniform()) * Math.min(1.3, usage ** 0.7)
  const panelWatts = 2000 + 2000 * rng.uniform()
  return {
    people,
    usage,
    baseWatts: Math.min(850, 118 * usage ** 0.6 * weibull(spread(seed, 'base', index), 1.1)),
    lightingWatts: 95 * Math.exp(0.45 * rng.normal()) * usage ** 0.7,
    lampsBelow: Math.max(10, 60 + 10 * rng.normal()),
    cold,
    appliances,
    secondHome,
    storageHeaters: storage ? storageHeaters : [],
    nightWaterWatts: storage ? 2750 : 0,
    nightSwitch,
    directHeating: direct ? directHeating : 0,
    boilerWatts: allElectric ? 0 : boilerWatts,
    panelWatts: spread(seed, 'photovoltaic', index) < shares.photovoltaic ? panelWatts : 0,
    electricVehicle: spread(seed, 'vehicle', index) < shares.electricVehicle
  }
}
