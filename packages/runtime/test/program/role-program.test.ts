// The start of a node's program: the order of its steps, whatever the role, and what is put away at its end.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-role-'))
const network = join(folder, 'network.yaml')
const source = (name: string): string => JSON.stringify(new URL(`../../src/program/${name}.ts`, import.meta.url).href)

/** A role that says what it is asked, and fails where `FAIL_AT` names a step. */
const program = `
  const { roleMain, runRole } = await import(${source('role-program')})
  const { NodeEvents } = await import(${source('node-events')})
  const { HushgridError } = await import('@hushgrid/primitives')
  const said = step => {
    if (!process.connected) console.log(step)
    if (process.env.FAIL_AT === step) throw new HushgridError('expected ' + step + ', got none')
  }
  const main = roleMain({
    role: 'toy',
    description: 'A toy.',
    listen: '/ip4/127.0.0.1/tcp/1',
    options: command => command.option('--loud', 'says more'),
    examples: '',
    others: { id: async argv => said('id ' + argv.slice(2)) },
    run: options => runRole({
      name: 'meter',
      options,
      layer: { clock: () => ({ now: () => 0 }), preset: (name, network, members) => [name, network, members].join() },
      Events: NodeEvents,
      prepare: network => { said('prepare ' + network.name); return 9 },
      peers: prepared => prepared,
      start: async ({ setting, prepared, starting }) => {
        said('start ' + setting.preset + ' ' + prepared)
        said('asks ' + setting.asks)
        starting({ loud: options.loud === true })
        const alive = setInterval(() => {}, 1000)
        return {
          id: 'me',
          addresses: ['/ip4/127.0.0.1/tcp/7'],
          run: async () => said('run'),
          leave: async () => said('leave'),
          stop: async () => { clearInterval(alive); said('stop') }
        }
      }
    })
  })
  await main(process.argv.toSpliced(1, 0, 'toy'))`

/** Runs the toy; once `until` is in its output it is told to stop. */
async function toy(args: readonly string[], until?: string, failAt = '') {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...args], {
    cwd: import.meta.dirname,
    env: { ...process.env, FAIL_AT: failAt },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let out = ''
  let errors = ''
  let told = false
  child.stdout.setEncoding('utf8').on('data', text => {
    out += text
    // Once: a second signal ends the process where it stands.
    if (until === undefined || told || !out.includes(until)) return
    told = child.kill('SIGTERM')
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    errors += text
  })
  const status = await new Promise(resolve => child.once('close', resolve))
  // A line of the log by its event.
  const lines = out.split('\n').filter(line => line !== '')
  return { status, errors, steps: lines.map(line => (line.startsWith('{') ? `log ${JSON.parse(line).event}` : line)) }
}

const optionsFor = (data: string): string[] => ['--network', network, '--data-dir', join(folder, data), '--json']

beforeAll(() => writeFileSync(network, 'name: toys\nslotSeconds: 2\nmembers: 7\n'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('prepares, starts, listens, runs, and at its end leaves and stops, in this order', async () => {
  const { status, errors, steps } = await toy(optionsFor('whole'), 'run\n')
  expect([status, errors]).toEqual([0, ''])
  expect(steps).toEqual([
    'prepare toys',
    'start lab,toys,9 9',
    'asks on-demand',
    'log starting',
    'log listening',
    'run',
    'log stopping',
    'leave',
    'stop',
    'log stopped'
  ])
})

it.each([
  ['in every hour with the preset for the field', 'hourly', '--preset', 'field'],
  ['in every hour where it listens on more than this machine', 'hourly', '--listen', '/ip4/0.0.0.0/tcp/1'],
  ['at its start in a lab of several machines', 'at-start', '--preset', 'lab', '--listen', '/ip4/0.0.0.0/tcp/1'],
  [
    'at its start where a lab clock runs on several machines',
    'at-start',
    ...['--lab-clock', '2026-01-01T00:00:00Z,2013-02-04T00:00:00Z,2', '--listen', '/ip4/0.0.0.0/tcp/1']
  ],
  [
    'on demand where a lab clock runs on this machine',
    'on-demand',
    ...['--preset', 'field', '--lab-clock', '2026-01-01T00:00:00Z,2013-02-04T00:00:00Z,2']
  ]
])('asks for the time %s', async (_, asks, ...args) => {
  const { steps } = await toy([...optionsFor(`asks-${args.length}-${asks}`), ...args], 'run\n')
  expect(steps.filter(step => step.startsWith('asks'))).toEqual([`asks ${asks}`])
})

it('makes no data folder before its checks are done, and ends with one sentence and status 2', async () => {
  const refused = await toy(optionsFor('refused'), undefined, 'prepare toys')
  expect(refused).toEqual({ status: 2, errors: 'expected prepare toys, got none\n', steps: ['prepare toys'] })
  expect(existsSync(join(folder, 'refused'))).toBe(false)
  const failed = await toy(optionsFor('failed'), undefined, 'start lab,toys,9 9')
  expect([failed.status, failed.errors]).toEqual([2, 'expected start lab,toys,9 9, got none\n'])
  expect(existsSync(join(folder, 'failed'))).toBe(true)
})

it('ends with status 1 where the node fails while it runs, and puts it away without a leave', async () => {
  const { status, errors, steps } = await toy(optionsFor('running'), undefined, 'run')
  expect([status, errors]).toEqual([1, 'expected run, got none\n'])
  expect(steps.slice(-4)).toEqual(['run', 'log stopping', 'stop', 'log stopped'])
})

it.each([
  ['nobody reads', 'EPIPE', (child: ChildProcess) => child.stdout?.destroy()],
  ['has no room', 'ENOSPC', () => undefined]
])('goes on where its log %s, and says so', async (_, code, spoil) => {
  const full = openSync('/dev/full', 'w')
  const out = code === 'ENOSPC' ? full : 'pipe'
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...optionsFor(code)], {
    cwd: import.meta.dirname,
    stdio: ['ignore', out, 'pipe', 'ipc']
  })
  closeSync(full)
  spoil(child)
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', text => {
    errors += text
    // The end of the program that forked a node is its end too.
    if (errors.includes('going on') && child.connected) child.disconnect()
  })
  // A child whose channel was cut never tells of its streams' end.
  const ended = Promise.all([once(child, 'exit'), child.stderr && once(child.stderr, 'end')])
  const [[status]] = await ended
  const lines = errors.split('\n')
  expect(lines[0]).toBe(`standard output: expected to write the log to it, got ${code}; going on without`)
  expect(lines[1]).toMatch(/^standard output: \d lines of the log are lost$/)
  expect([status, lines.length]).toEqual([0, 3])
})

it('runs another command where the first argument names it', async () => {
  expect(await toy(['id', '--json'])).toMatchObject({ status: 0, errors: '', steps: ['id --json'] })
})
