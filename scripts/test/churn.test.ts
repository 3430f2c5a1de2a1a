// `pnpm churn` and `loadScenario`: which recovery mode a scenario runs in, and what it then expects.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadScenario, scenarioPath, verifyRun } from '@hushgrid/lab'
import { resolveDegree } from '@hushgrid/topology'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../src/churn.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-churn-'))
/** Each starts a program, on two busy cores. */
const LONG = 60_000
const inFolder = (name: string): string => join(folder, name)

/** One meter is missing in slot 1. */
const HEAD = 'about: One.\nseed: s\nmembers: 8\nslots: 2\noperations:\n  - { at: 1, do: crash, meter: 3 }\n'

beforeAll(() => {
  writeFileSync(
    inFolder('one.yaml'),
    `name: one\n${HEAD}expect: { lost: 0, exact: true }\nexpectWithDoubleMask: { lost: null, recovered: 1 }\n`
  )
  writeFileSync(inFolder('none.yaml'), `name: none\n${HEAD}network: { recovery: none }\nexpect: { lost: [1], exact: true }\n`)
  writeFileSync(inFolder('full.yaml'), 'name: full\nabout: Many.\nseed: s\nmembers: 300\nslots: 1\nnetwork: { degree: complete }\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function churn(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [SCRIPT, ...args], { timeout: LONG }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err })
    )
  })
}

describe('loadScenario', () => {
  it('keeps the mode of the network unless another is asked for, and expects what is for it', () => {
    const one = inFolder('one.yaml')
    const own = loadScenario(one)
    expect([own.network.recovery, own.scenario.expect]).toEqual(['edge-release', { lost: 0, exact: true }])
    const double = loadScenario(one, { recovery: 'double-mask' })
    expect([double.network.recovery, double.scenario.expect]).toEqual(['double-mask', { exact: true, recovered: 1 }])
    expect(double.operations).toEqual(own.operations)
    expect(loadScenario(inFolder('none.yaml')).network.recovery).toBe('none')
    expect(loadScenario(inFolder('none.yaml')).scenario.expect).toEqual({ lost: [1], exact: true })
  })

  it('expects nothing in a mode that the scenario says nothing of', () => {
    expect(loadScenario(inFolder('one.yaml'), { recovery: 'none' }).scenario.expect).toEqual({})
    expect(loadScenario(inFolder('none.yaml'), { recovery: 'edge-release' }).scenario.expect).toEqual({})
  })

  it('has auto choose the degree for the mode that is asked for', () => {
    const degree = (recovery?: 'double-mask'): number => {
      const { network, scenario } = loadScenario(scenarioPath('calm-day'), { recovery })
      return resolveDegree(network, scenario.members).degree
    }
    expect([degree(), degree('double-mask')]).toEqual([14, 18])
  })

  it('finds a trace and a network beside the scenario, wherever the person is', () => {
    expect(loadScenario(scenarioPath('recorded-morning')).operations.length).toBeGreaterThan(0)
  })

  it('says where a file is named that cannot be read, and from where its path counts', () => {
    const refused = (name: string, keys: string): void => {
      writeFileSync(inFolder(name), `name: lost\nabout: One.\nseed: s\nmembers: 8\nslots: 2\n${keys}`)
      loadScenario(inFolder(name))
    }
    const from = 'by its path from the folder of this file, got'
    expect(() => refused('a.yaml', 'trace: no.csv\n')).toThrow(
      `${inFolder('a.yaml')}:6:8: trace: expected a trace, ${from} 'no.csv', no such file`
    )
    expect(() => refused('b.yaml', 'network: topology/no.yaml\n')).toThrow(
      `${inFolder('b.yaml')}:6:10: network: expected a network file, ${from} 'topology/no.yaml', no such file`
    )
    expect(() => refused('c.yaml', 'network: { file: onee.yaml }\n')).toThrow(
      `${inFolder('c.yaml')}:6:18: network.file: expected a network file, ${from} 'onee.yaml', no such file (did you mean one.yaml?)`
    )
    expect(() => refused('d.yaml', 'network: { slotSeconds: 86400, seasonSlots: 8 }\n')).toThrow(
      `${inFolder('d.yaml')}:6:45: network.seasonSlots: expected`
    )
  })

  it('suggests the shipped scenario whose name is near, and the file', () => {
    expect(() => scenarioPath('evenin-outage')).toThrow(
      "expected a scenario file or the name of a shipped one (pnpm churn --list shows those), got 'evenin-outage' (did you mean evening-outage?)"
    )
    expect(() => loadScenario(inFolder('onee.yaml'))).toThrow('got no such file (did you mean one.yaml?)')
    expect(() => scenarioPath('blackout-of-all')).toThrow(/got 'blackout-of-all'$/)
  })

  it('takes a seed as before', () => {
    expect(loadScenario(inFolder('one.yaml'), { seed: '7' }).scenario.seed).toBe('7')
  })
})

it('pnpm churn --json prints JSON alone, without colour, whatever the environment asks for', { timeout: LONG }, async () => {
  process.env.FORCE_COLOR = '1'
  const { status, out, err } = await churn(inFolder('one.yaml'), '--json')
  delete process.env.FORCE_COLOR
  expect({ status, err }).toEqual({ status: 0, err: '' })
  expect(out.trim().split('\n')).toHaveLength(1)
  expect(JSON.parse(out)).toMatchObject({ scenario: 'one', expectations: [] })
})

describe('pnpm churn --mode pes', { timeout: LONG }, () => {
  it('runs the scenario by concentrator and PES, and writes a report that can be verified', async () => {
    const report = inFolder('pes-report')
    const { status, out, err } = await churn(inFolder('one.yaml'), '--mode', 'pes', '--variant', 'direct', '--report', report)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toContain('8 members, concentrator and PES (direct), Paillier of 2048 bits, seed s')
    expect(out).toContain('2 totals exact, 0 lost')
    expect(out).not.toContain('everything came as')
    expect(JSON.parse(readFileSync(join(report, 'run.json'), 'utf8'))).toMatchObject({
      kind: 'virtual',
      contender: 'pes-direct',
      configuration: { pes: { variant: 'direct', bits: 2048 } }
    })
    const { lines, problems } = await verifyRun(report)
    expect(problems).toEqual([])
    expect(lines.join('\n')).toContain('15 readings of 8 meters, 2 aggregates: signatures, members and contributors hold')
  })

  it.each([
    [
      ['attack-ask-twice', '--mode', 'pes'],
      '--mode pes: expected a scenario without attacks, which are on the DC-net, got attack-ask-twice'
    ],
    [['calm-day', '--mode', 'pes', '--recovery', 'none'], '--recovery: expected without --mode pes, which has no masks'],
    [['calm-day', '--variant', 'direct'], '--variant: expected with --mode pes only'],
    [
      ['calm-day', '--mode', 'pes', '--live'],
      '--live: expected without --mode pes, which pnpm nodes:start --mode pes --churn calm-day runs on'
    ]
  ])('%j: one sentence, status 2', async (args, sentence) => {
    const { status, err } = await churn(...args)
    expect(status).toBe(2)
    expect(err).toContain(sentence)
  })
})

describe('pnpm churn --recovery', { timeout: LONG }, () => {
  it('runs the scenario in that mode, says so, and does not claim what nobody expected', async () => {
    const { status, out, err } = await churn(inFolder('one.yaml'), '--recovery', 'none')
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toContain('recovery none, seed s')
    expect(out).toContain('1 total exact, 1 lost')
    expect(out).toContain('the scenario does not say what must hold in this mode')
    expect(out).not.toContain('everything came as')
  })

  it('exits with 0 and says that everything came where it did', async () => {
    const { status, out } = await churn(inFolder('none.yaml'))
    expect(status).toBe(0)
    expect(out).toContain('everything came as the scenario expects')
  })

  it('double-mask: a slot with a missing meter is recovered, and expected to be', async () => {
    const report = inFolder('report')
    const { status, out, err } = await churn(inFolder('one.yaml'), '--recovery', 'double-mask', '--report', report)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toContain('recovery double-mask, seed s')
    expect(out).toContain('2 totals exact, 0 lost')
    expect(JSON.parse(readFileSync(join(report, 'run.json'), 'utf8'))).toMatchObject({
      configuration: { network: { recovery: 'double-mask' }, churn: { scenario: { expect: { exact: true, recovered: 1 } } } }
    })
    const { lines, problems } = await verifyRun(report)
    expect(problems).toEqual([])
    expect(lines).toContain('the replay leads to the same 2 totals as the report')
  })

  it.each([
    [['nowhere.yaml'], /nowhere\.yaml: expected a scenario \(pnpm churn --list names the shipped ones\), got no such file$/],
    [['one.yaml', '--recovery', 'all'], /^--recovery: expected one of none, edge-release, double-mask, got 'all'$/],
    [['full.yaml', '--recovery', 'double-mask'], /^degree 'complete': expected at most 254 mask neighbours with double mask, got 299 /],
    [
      ['full.yaml', '--recovery', 'double-mask', '--live'],
      /^degree 'complete': expected at most 254 mask neighbours with double mask, got 299 /
    ]
  ])('%j: one sentence, status 2', async ([file, ...args], sentence) => {
    const { status, out, err } = await churn(inFolder(file as string), ...args)
    expect(status).toBe(2)
    expect(out).toMatch(/^(?:Loading the scenario and its nodes …\n)?$/)
    expect(err.trimEnd()).toMatch(sentence)
    expect(err.trimEnd()).not.toContain('\n')
  })

  it('--help shows it, with an example', async () => {
    const { status, out } = await churn('--help')
    expect(status).toBe(0)
    expect(out).toContain('--recovery <none|edge-release|double-mask>')
    expect(out).toMatch(/pnpm churn .* --recovery double-mask/)
  })
})
