// Files and folders of readings: which layouts are found, what is skipped, and what is said of a file that is wrong.
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DataFormatError, type HouseholdSeries, readingAt } from '@hushgrid/load-profiles'
import { IMPORT_LANE, type Slot } from '@hushgrid/primitives'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadReadings, ReadingsFileError } from '../../src/readings/readings-file.ts'
import { readingsNotes } from '../../src/readings/readings-notes.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hushgrid-readings-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Writes files below the folder; the path of the folder, or of the only file. */
async function files(contents: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

function imports(series: HouseholdSeries | undefined): (number | undefined)[] {
  if (!series) return []
  return Array.from({ length: series.slots }, (_, i) => readingAt(series, (series.firstSlot + i) as Slot)?.[0])
}

const START = Date.UTC(2016, 0, 1) / 1000
const LONDON = 'LCLid,tstp,energy(kWh/hh)\n'

function minutes(count: number, kilowatts: number, year = 2016): string {
  const stamp = (i: number): string => `${year}-01-01 00:${String(i).padStart(2, '0')}:00`
  return Array.from({ length: count }, (_, i) => `${stamp(i)},${kilowatts}\n`).join('')
}

function sixSeconds(seconds: number, line: (time: number) => string): string {
  return Array.from({ length: seconds / 6 }, (_, i) => line(START + 6 * i)).join('\n')
}

test('a wide CSV in its own slots, and in longer ones', async () => {
  await files({
    'wide.csv': 'slot_start_utc,a,b\n2016-01-01T00:00Z,1,2\n2016-01-01T00:30Z,3,\n2016-01-01T01:00Z,5,6\n2016-01-01T01:30Z,7,8\n'
  })
  const own = await loadReadings(join(folder, 'wide.csv'))
  expect(own).toMatchObject({ slotSeconds: 1800, layout: { name: 'wide-csv' }, lanes: [IMPORT_LANE], skipped: [] })
  expect(own.households.map(imports)).toEqual([
    [1, 3, 5, 7],
    [2, undefined, 6, 8]
  ])
  expect(own.gaps[1]).toMatchObject({ household: 'b', gaps: 1, covered: 3 })
  const hours = await loadReadings(join(folder, 'wide.csv'), { slotSeconds: 3600 })
  expect(hours.households.map(imports)).toEqual([[4, 12], [14]])
  await expect(loadReadings(join(folder, 'wide.csv'), { slotSeconds: 900 })).rejects.toThrow(
    /length of a slot: expected a multiple of 1800/
  )
})

test('a folder of Low Carbon London files: one household each, other tables skipped and named', async () => {
  const path = await files({
    'MAC10.csv': `${LONDON}MAC10,2016-01-01 00:00:00, 0.2 \n`,
    'MAC9.csv': `${LONDON}MAC9,2016-01-01 00:00:00, 0.1 \nMAC9,2016-01-01 00:30:00, Null \n`,
    'informations_households.csv': 'LCLid,stdorToU,Acorn\nMAC9,Std,ACORN-A\n',
    'README.md': 'not read at all',
    '.hidden.csv': 'neither'
  })
  const loaded = await loadReadings(path)
  expect(loaded.households.map(h => [h.household, ...imports(h)])).toEqual([
    ['MAC9', 100],
    ['MAC10', 200]
  ])
  expect(loaded).toMatchObject({ slotSeconds: 1800, layout: { name: 'low-carbon-london' }, files: ['MAC9.csv', 'MAC10.csv'] })
  expect(loaded.skipped).toHaveLength(2)
  expect(loaded.skipped[1]).toMatchObject({ file: 'informations_households.csv', reason: expect.stringMatching(/without tstp/) })
})

test('as many households as asked for, or those asked for; files of others are not read', async () => {
  const path = await files({
    'a.csv': `${LONDON}MAC1,2016-01-01 00:00:00,0.1\nMAC2,2016-01-01 00:00:00,0.2\n`,
    'b.csv': `${LONDON}MAC2,2016-01-01 00:30:00,0.3\nMAC3,2016-01-01 00:00:00,0.4\n`,
    // Never reached below: it would be refused.
    'c.csv': `${LONDON}MAC4,2016-01-01 00:00:00,oops\n`
  })
  const two = await loadReadings(path, { households: 2 })
  expect(two.households.map(h => [h.household, ...imports(h)])).toEqual([
    ['MAC1', 100],
    ['MAC2', 200, 300]
  ])
  expect(two.files).toEqual(['a.csv', 'b.csv'])
  expect((await loadReadings(path, { households: ['MAC3'] })).households.map(imports)).toEqual([[400]])
  await expect(loadReadings(path, { households: 4 })).rejects.toThrow(/c\.csv, line 2: expected kWh or Null, got "oops"/)
  await rm(join(folder, 'c.csv'))
  await expect(loadReadings(path, { households: ['MAC3', 'MAC7'] })).rejects.toThrow(/no household MAC7 there/)
})

test('Smart* apartments: the years of one apartment are one household, in 900 s unless told otherwise', async () => {
  const path = await files({
    '2016/Apt10_2016.csv': minutes(15, 4),
    '2016/Apt2_2016.csv': minutes(15, 2),
    '2015/Apt2_2015.csv': minutes(15, 1, 2015)
  })
  const loaded = await loadReadings(path)
  expect(loaded).toMatchObject({
    slotSeconds: 900,
    layout: { name: 'smart-star' },
    files: ['2015/Apt2_2015.csv', '2016/Apt2_2016.csv', '2016/Apt10_2016.csv']
  })
  expect(loaded.households.map(h => h.household)).toEqual(['Apt2', 'Apt10'])
  const year = imports(loaded.households[0])
  expect([year.length, year[0], year[1], year.at(-1)]).toEqual([365 * 96 + 1, 250, undefined, 500])
  expect(loaded.households[1]?.firstSlot).toBe(START / 900)
  const shifted = await loadReadings(path, { timeZone: 'America/New_York', households: ['Apt10'], slotSeconds: 60 })
  expect(shifted.files).toEqual(['2016/Apt10_2016.csv'])
  expect(shifted.households[0]).toMatchObject({ firstSlot: (START + 18_000) / 60, slots: 15 })
})

test('UK-DALE: the whole-house channel of each house, another one only by name', async () => {
  const path = await files({
    'house_1/channel_1.dat': sixSeconds(900, time => `${time} 400`),
    'house_1/channel_2.dat': sixSeconds(900, time => `${time} 40`),
    'house_1/labels.dat': '1 aggregate\n2 kettle\n',
    'house_2/channel_1.dat': sixSeconds(900, time => `${time} 800`)
  })
  const loaded = await loadReadings(path)
  expect(loaded.households.map(h => [h.household, ...imports(h)])).toEqual([
    ['house_1', 100],
    ['house_2', 200]
  ])
  expect(loaded.layout.name).toBe('uk-dale')
  expect((await loadReadings(path, { sources: ['house_1/channel_2.dat'] })).households.map(imports)).toEqual([[10]])
  await expect(loadReadings(path, { sources: ['house_1/labels.dat'] })).rejects.toThrow(DataFormatError)
  await expect(loadReadings(path, { sources: ['house_9/channel_1.dat'] })).rejects.toThrow(
    /house_9\/channel_1\.dat: no such file or folder/
  )
})

test('REFIT and UCI', async () => {
  await files({
    'refit/CLEAN_House1.csv': `Time,Unix,Aggregate,Appliance1,Issues\n${sixSeconds(900, time => `x,${time},400,1,0`)}\n`,
    'refit/CLEAN_House2.csv': `Time,Unix,Aggregate,Appliance1,Issues\n${sixSeconds(900, time => `x,${time},800,1,1`)}\n`,
    'household_power_consumption.txt': `Date;Time;Global_active_power;V\n${Array.from({ length: 15 }, (_, i) => `1/1/2016;00:${String(i).padStart(2, '0')}:00;0.6;240`).join('\n')}`
  })
  const refit = await loadReadings(join(folder, 'refit'))
  expect(refit.households.map(h => [h.household, ...imports(h)])).toEqual([
    ['House1', 100],
    ['House2', 200]
  ])
  expect(refit.gaps[1]).toMatchObject({ flagged: 150 })
  const uci = await loadReadings(join(folder, 'household_power_consumption.txt'))
  expect(uci.households.map(imports)).toEqual([[150]])
  await expect(loadReadings(folder)).rejects.toThrow(
    /expected files of one layout, but household_power_consumption.txt is uci-household, refit\/CLEAN_House1.csv is refit/
  )
})

test('a file larger than a chunk, cut wherever the chunks are', async () => {
  const rows: string[] = []
  for (let i = 0; i < 60_000; i++) rows.push(`${START + 6 * i} ${1000 + (i % 3)}`)
  const path = join(await files({ 'channel_1.dat': rows.join('\r\n') }), 'channel_1.dat')
  const { households, gaps } = await loadReadings(path)
  expect(gaps[0]).toMatchObject({ samples: 60_000, gaps: 0, covered: 400, outOfOrder: 0 })
  const total = imports(households[0]).reduce<number>((sum, wh) => sum + (wh ?? Number.NaN), 0)
  expect(total).toBe(Math.round((60_000 * 1001 * 6) / 3600))
})

test('what cannot be read is told in one sentence', async () => {
  const missing = await loadReadings(join(folder, 'none.csv')).catch(error => error)
  expect(missing).toBeInstanceOf(ReadingsFileError)
  expect(missing.message).toBe(`${join(folder, 'none.csv')}: no such file or folder`)
  await expect(loadReadings(folder)).rejects.toThrow(/no file of readings in the folder/)
  await files({
    'empty.csv': '',
    'packed.csv': Uint8Array.of(0x1f, 0x8b, 8, 0, 0xff),
    'notes.txt': 'hello\n',
    'null.csv': `${LONDON}MAC1,2016-01-01 00:00:00,Null\n`
  })
  await expect(loadReadings(join(folder, 'empty.csv'))).rejects.toThrow(/got an empty file/)
  await expect(loadReadings(join(folder, 'packed.csv'))).rejects.toThrow(/a compressed file that is cut off/)
  await expect(loadReadings(join(folder, 'null.csv'))).rejects.toThrow(/expected readings, got not one whole slot from 1 households/)
  await expect(loadReadings(join(folder, 'null.csv'), { until: START })).rejects.toThrow(/not one whole slot in the span asked for/)
  await rm(join(folder, 'null.csv'))
  await expect(loadReadings(folder)).rejects.toThrow(/no file of a known layout; .*empty\.csv/)
  await expect(loadReadings(join(folder, 'notes.txt', 'x.csv'))).rejects.toThrow(/no such file or folder/)
  await symlink('loop', join(folder, 'loop'))
  await expect(loadReadings(join(folder, 'loop'))).rejects.toThrow(/a symbolic link that leads to itself/)
})

test('links to files are followed, links to folders are not', async () => {
  const path = await files({ 'there/house.csv': `${LONDON}MAC1,2016-01-01 00:00:00,0.1\n` })
  await symlink(join('there', 'house.csv'), join(folder, 'here.csv'))
  await symlink('.', join(folder, 'round'))
  await symlink('nowhere.csv', join(folder, 'dangling.csv'))
  expect((await loadReadings(path)).files).toEqual(['here.csv', 'there/house.csv'])
})

// Root may read everything.
test.skipIf(process.getuid?.() === 0)('a file that is closed to us is told in one sentence', async () => {
  await files({ 'closed.csv': LONDON })
  await chmod(join(folder, 'closed.csv'), 0)
  await expect(loadReadings(join(folder, 'closed.csv'))).rejects.toThrow(/closed\.csv: not allowed to read it/)
})

test('a compressed file is read, and a folder names every file that is not, with the reason', async () => {
  const path = await files({
    'jan1.csv': `${LONDON}HOUSE1,2016-01-01 00:00:00,0.5\nHOUSE1,2016-01-01 00:30:00,0.5\n`,
    'jan2.csv': '"LCLid","tstp","energy(kWh/hh)"\n"HOUSE1","2016-01-01 01:00:00","0.5"\n',
    'jan3.csv.gz': gzipSync(`${LONDON}HOUSE1,2016-01-01 01:30:00,0.5\n`),
    'readme.md': '# notes',
    'notes.txt': 'nothing of interest',
    'a/b/c/deep.csv': 'x'
  })
  const loaded = await loadReadings(path)
  expect(imports(loaded.households[0])).toEqual([500, 500, 500, 500])
  expect(loaded.files).toEqual(['jan1.csv', 'jan2.csv', 'jan3.csv.gz'])
  expect(loaded.skipped.map(({ file }) => file)).toEqual(['a/b/c', 'notes.txt', 'readme.md'])
  const said = readingsNotes(loaded)
  expect(said[0]).toBe('a/b/c was not read: a folder more than 2 levels down')
  expect(said[1]).toMatch(/^notes\.txt was not read: line 1: expected a table with a column of stamps/)
  expect(said[2]).toMatch(/^readme\.md was not read: it is no \.csv/)
})

test('what is said of many files and remarks is cut short and counted', () => {
  const skipped = Array.from({ length: 20 }, (_, i) => ({ file: `f${i}`, reason: 'no' }))
  const channels = Array.from({ length: 50 }, (_, i) => ({
    file: `channel_${i + 2}.dat`,
    reason: 'the channel of an appliance, not of the mains'
  }))
  expect(readingsNotes({ skipped: [...skipped, ...channels], notes: ['one'] })).toEqual([
    ...[0, 1, 2, 3, 4].map(i => `f${i} was not read: no`),
    'and 15 more files were not read',
    '50 channels of appliances were not read',
    'one'
  ])
})

test('REDD: both mains add up, by what labels.dat says', async () => {
  const path = await files({
    'house_1/labels.dat': '1 mains\n2 mains\n3 oven\n',
    'house_1/channel_1.dat': sixSeconds(900, time => `${time} 400`),
    'house_1/channel_2.dat': sixSeconds(900, time => `${time} 100`),
    'house_1/channel_3.dat': sixSeconds(900, time => `${time} 77`)
  })
  const loaded = await loadReadings(path)
  expect(loaded.layout.name).toBe('redd')
  expect(loaded.households.map(each => [each.household, imports(each)])).toEqual([['house_1', [125]]])
  expect(loaded.skipped.map(({ file }) => file)).toEqual(['house_1/channel_3.dat', 'house_1/labels.dat'])
})

test("a household that is asked for is read from every file; UK-DALE's other files stay out", async () => {
  const year = (of: number): string =>
    ['id,time,kWh', ...['H1', 'H2'].flatMap(id => [0, 1].map(hour => `${id},${of}-01-01 0${hour}:00,1`))].join('\n')
  const path = await files({ 'years/2023.csv': year(2023), 'years/2024.csv': year(2024) })
  const { households } = await loadReadings(join(path, 'years'), { households: ['H2'] })
  expect(imports(households[0]).filter(reading => reading !== undefined)).toEqual([1000, 1000, 1000, 1000])
  await files({
    'ukdale/house_1/channel_1.dat': sixSeconds(900, time => `${time} 400`),
    'ukdale/house_1/mains.dat': sixSeconds(900, time => `${time} 400 400 230`),
    'ukdale/house_1/channel_2_button_press.dat': `${START} 1\n`
  })
  const dale = await loadReadings(join(path, 'ukdale'))
  expect(dale.files).toEqual(['house_1/channel_1.dat'])
  expect(dale.skipped.map(({ file }) => file)).toEqual(['house_1/channel_2_button_press.dat', 'house_1/mains.dat'])
})

test('the slot is one that the intervals fill', async () => {
  const every = (minutesOf: number): string =>
    `slot_start_utc,a\n${Array.from({ length: 144 }, (_, i) => `${new Date((START + i * 60 * minutesOf) * 1000).toISOString().slice(0, 16)}Z,100`).join('\n')}\n`
  const slots: [minutes: number, slot: number][] = [
    [1, 15],
    [5, 15],
    [7, 15],
    [8, 16],
    [10, 30],
    [18, 18],
    [20, 20],
    [30, 30],
    [60, 60]
  ]
  for (const [interval, slot] of slots) {
    const path = join(await files({ [`${interval}.csv`]: every(interval) }), `${interval}.csv`)
    const { slotSeconds, households } = await loadReadings(path)
    expect(slotSeconds / 60, `intervals of ${interval} min`).toBe(slot)
    expect(imports(households[0])[0], `intervals of ${interval} min`).toBe(Math.round((100 * slot) / interval))
  }
  await expect(loadReadings(join(folder, '10.csv'), { slotSeconds: 900 })).rejects.toThrow(
    /length of a slot: expected a multiple of 600 s .*got 900 s/
  )
})
