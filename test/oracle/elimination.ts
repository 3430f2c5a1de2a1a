// Linear algebra of the leakage oracle: combinations of equations that are free of masks, and those of few readings.

/** What a message says, as an equation: signed masks by name, and whose reading is in it. */
interface Equation {
  readonly masks: ReadonlyMap<string, number>
  readonly reading: string | undefined
}

/** One equation during elimination: masks, readings, and which observations it is made of. */
export interface Row {
  readonly masks: Float64Array
  readonly readings: Float64Array
  readonly from: Float64Array
}

/** What is known of readings alone: combinations without masks. */
export interface Known {
  readonly rows: readonly Row[]
  /** Meter ids by the columns of the readings. */
  readonly meters: readonly string[]
  readonly modulus: number
}

/** Combinations of equations that are free of masks. */
export function knownOf(observations: readonly Equation[], modulus: number): Known {
  const maskNames = indexed(observations.flatMap(({ masks }) => [...masks.keys()]))
  const meters = indexed(observations.flatMap(({ reading }) => (reading === undefined ? [] : [reading])))
  const rows = observations.map((observation, index): Row => {
    const row = {
      masks: new Float64Array(maskNames.size),
      readings: new Float64Array(meters.size),
      from: new Float64Array(observations.length)
    }
    for (const [name, sign] of observation.masks) row.masks[maskNames.get(name) as number] = residue(sign, modulus)
    if (observation.reading !== undefined) row.readings[meters.get(observation.reading) as number] = 1
    row.from[index] = 1
    return row
  })
  const maskRank = eliminate(rows, 'masks', modulus)
  return { rows: rows.slice(maskRank), meters: [...meters.keys()], modulus }
}

/** The readings of some meters, or of all, in reduced echelon form. */
export function reduced({ rows, meters, modulus }: Known, able?: ReadonlySet<string>): Known {
  const copies = rows.map(({ masks, readings, from }) => ({
    masks,
    readings: readings.map((value, column) => (!able || able.has(meters[column] as string) ? value : 0)),
    from: from.slice()
  }))
  const rank = eliminate(copies, 'readings', modulus)
  return { rows: copies.slice(0, rank), meters, modulus }
}

/**
 * Vectors of a row space with fewer non-zero entries than a bound. In reduced echelon form a vector is zero in a pivot's
 * column unless its row takes part, so rows with no column in common, as components of honest members are, give every
 * vector with too few entries by themselves. Otherwise rows and pairs of rows whose entries cancel are looked at, which is
 * all there is below three.
 */
export function sparse({ rows, modulus }: Known, bound: number): Row[] {
  const found = rows.filter(row => weight(row.readings) < bound)
  for (let i = 0; i < rows.length; i++) {
    for (let j = i + 1; j < rows.length; j++) {
      const [a, b] = [rows[i] as Row, rows[j] as Row]
      for (const factor of cancelling(a.readings, b.readings, modulus)) {
        const combined = { readings: a.readings.slice(), from: a.from.slice(), masks: a.masks }
        subtract(combined.readings, b.readings, factor, modulus)
        subtract(combined.from, b.from, factor, modulus)
        if (weight(combined.readings) < bound) found.push(combined)
      }
    }
  }
  return found
}

/** The factors with which a vector takes an entry of another away. */
function cancelling(a: Float64Array, b: Float64Array, modulus: number): Set<number> {
  const factors = new Set<number>()
  a.forEach((value, column) => {
    const other = b[column] as number
    if (value !== 0 && other !== 0) factors.add(times(value, inverse(other, modulus), modulus))
  })
  return factors
}

function weight(vector: Float64Array): number {
  let count = 0
  for (const value of vector) if (value !== 0) count++
  return count
}

/** Gauss-Jordan on one part of the rows; gives its rank, with the rows that carry it first. */
function eliminate(rows: Row[], part: 'masks' | 'readings', modulus: number): number {
  const columns = rows[0]?.[part].length ?? 0
  let rank = 0
  for (let column = 0; column < columns && rank < rows.length; column++) {
    const pivot = rows.findIndex((row, index) => index >= rank && row[part][column] !== 0)
    if (pivot < 0) continue
    const chosen = rows[pivot] as Row
    rows[pivot] = rows[rank] as Row
    rows[rank] = chosen
    const factor = inverse(chosen[part][column] as number, modulus)
    for (const vector of [chosen.masks, chosen.readings, chosen.from]) {
      for (let i = 0; i < vector.length; i++) vector[i] = times(vector[i] as number, factor, modulus)
    }
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as Row
      const by = row[part][column] as number
      if (index === rank || by === 0) continue
      subtract(row.masks, chosen.masks, by, modulus)
      subtract(row.readings, chosen.readings, by, modulus)
      subtract(row.from, chosen.from, by, modulus)
    }
    rank++
  }
  return rank
}

function subtract(into: Float64Array, other: Float64Array, factor: number, modulus: number): void {
  for (let i = 0; i < into.length; i++) {
    const value = other[i] as number
    if (value !== 0) into[i] = residue((into[i] as number) - times(value, factor, modulus), modulus)
  }
}

function times(a: number, b: number, modulus: number): number {
  return (a * b) % modulus
}

function residue(value: number, modulus: number): number {
  const rest = value % modulus
  return rest < 0 ? rest + modulus : rest
}

/** By the extended Euclidean algorithm. */
function inverse(value: number, modulus: number): number {
  let [a, b, x, y] = [value, modulus, 1, 0]
  while (b !== 0) {
    const quotient = Math.floor(a / b)
    ;[a, b, x, y] = [b, a - quotient * b, y, x - quotient * y]
  }
  return residue(x, modulus)
}

function indexed(names: readonly string[]): Map<string, number> {
  return new Map([...new Set(names)].map((name, index) => [name, index]))
}
