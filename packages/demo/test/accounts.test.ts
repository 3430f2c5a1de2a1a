// Where the demonstration's accounts are, who gets them, and when they are printed again.
import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CSRF_HEADER, type DemoState } from '@hushgrid/web-api'
import { afterAll, describe, expect, it } from 'vitest'
import { accountsText, type DemoBook, keepAccounts, showAccounts } from '../src/accounts.ts'
import { portOrFree } from '../src/free-port.ts'
import { present } from '../src/present.ts'
import { showAgain } from '../src/shown-again.ts'
import { serveStartPage } from '../src/start-page.ts'

const root = mkdtempSync(join(tmpdir(), 'hushgrid-accounts-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const STATE: DemoState = {
  members: 6,
  period: '2026-10',
  timeZone: 'Europe/London',
  pages: { lab: 'http://127.0.0.1:1/', desk: 'http://127.0.0.1:2/', customers: 'http://127.0.0.1:3/' },
  desk: [{ account: 'eve', password: 'abcd-efgh', for: 'load' }],
  customers: [{ account: 'flat-0', password: 'ijkl-mnop', for: '12.34 EUR' }]
}
const BOOK: DemoBook = { ...STATE, start: 'http://127.0.0.1:4/#token' }

function shown(folders: readonly string[]): { readonly status: number; readonly out: string; readonly err: string } {
  const out: string[] = []
  const err: string[] = []
  const status = showAccounts({ out: text => out.push(text), err: text => err.push(text) }, folders)
  return { status, out: out.join(''), err: err.join('') }
}

describe('the file of accounts', () => {
  it('is for its owner alone, and is printed as at the start', () => {
    keepAccounts(root, BOOK)
    expect(statSync(join(root, 'accounts.json')).mode & 0o777).toBe(0o600)
    const { status, out, err } = shown([root])
    expect([status, err]).toEqual([0, ''])
    expect(out).toBe(`${accountsText(BOOK)}\n`)
    for (const line of ['Start page: http://127.0.0.1:4/#token', '  flat-0     ijkl-mnop              bill of last month 12.34 EUR'])
      expect(out).toContain(`${line}\n`)
  })

  it('is missed in one sentence where no demonstration runs, and where one is not ready', () => {
    const sentence = /^expected a demonstration .*\n$/
    const early = join(root, 'not-ready')
    mkdirSync(early)
    for (const folders of [[], [early]]) {
      const { status, out, err } = shown(folders)
      expect([status, out]).toEqual([2, ''])
      expect(err).toMatch(sentence)
    }
    expect(shown([]).err).toContain('got none')
  })

  it('is whole wherever it is seen, and taken as none where its demonstration has just ended', () => {
    expect(readdirSync(root).filter(name => name.startsWith('accounts'))).toEqual(['accounts.json'])
    const ended = join(root, 'ended')
    expect(shown([ended]).err).toContain('got none')
    expect(shown([ended, root])).toEqual({ status: 0, out: `${accountsText(BOOK)}\n`, err: '' })
  })

  it('is refused in one sentence where it has other content', () => {
    for (const content of ['', JSON.stringify(BOOK).slice(0, 90), '7', '{"start":"http://127.0.0.1:4/"}']) {
      const folder = mkdtempSync(join(tmpdir(), 'hushgrid-accounts-test-'))
      writeFileSync(join(folder, 'accounts.json'), content)
      const { status, out, err } = shown([folder])
      rmSync(folder, { recursive: true })
      expect([status, out]).toEqual([2, ''])
      expect(err).toMatch(/^.*accounts\.json: expected the accounts of a demonstration, got other content\n$/)
    }
  })
})

describe('the demonstration', () => {
  it('leaves no page and no accounts behind where it is ended while its start page begins', async () => {
    const [stopping, endings, said] = [new AbortController(), [] as (() => unknown)[], [] as string[]]
    const folder = mkdtempSync(join(tmpdir(), 'hushgrid-accounts-test-'))
    const port = await portOrFree(0)
    try {
      const presented = present(STATE, { folder, port, say: text => said.push(text), stopping: stopping.signal, endings })
      stopping.abort()
      await presented
      expect([readdirSync(folder), said]).toEqual([[], []])
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed')
    } finally {
      for (const ending of endings) await ending()
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the start page', () => {
  it('gives passwords to who has the token of its address, asked for by its own name', async () => {
    const { server, url } = await serveStartPage(0, STATE, () => {})
    try {
      const { origin, port, hash, hostname } = new URL(url)
      expect(hostname).toBe('127.0.0.1')
      const answer = await fetch(`${origin}/api/demo`, { headers: { [CSRF_HEADER]: hash.slice(1) } })
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(await answer.json()).toEqual(STATE)
      for (const headers of [{}, { [CSRF_HEADER]: `${hash.slice(1)}x` }, { [CSRF_HEADER]: '' }]) {
        const refused = await fetch(`${origin}/api/demo`, { headers })
        expect(refused.status).toBe(403)
        expect(await refused.text()).not.toContain('ijkl')
      }
      expect(await (await fetch(origin)).text()).not.toContain('ijkl')
      expect(await statusFor(origin, `evil.example:${port}`, hash.slice(1))).toBe(421)
    } finally {
      await server.stop()
    }
  })
})

function statusFor(origin: string, host: string, token: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${origin}/api/demo`, { headers: { host, [CSRF_HEADER]: token } }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .once('error', reject)
      .end()
  })
}

/** A person's terminal. */
class Keys extends EventEmitter {
  readonly isTTY: boolean
  isRead = false

  constructor(isTTY: boolean) {
    super()
    this.isTTY = isTTY
  }

  resume(): void {
    this.isRead = true
  }

  pause(): void {
    this.isRead = false
  }
}

describe('Enter', () => {
  const screen = { isTTY: true }

  it('shows the accounts again, until it is over', () => {
    const input = new Keys(true)
    let times = 0
    const stop = showAgain(
      () => {
        times++
      },
      { input, output: screen, foreground: () => true }
    )
    input.emit('data')
    input.emit('data')
    expect([times, input.isRead]).toEqual([2, true])
    stop?.()
    input.emit('data')
    expect([times, input.isRead, input.listenerCount('data')]).toEqual([2, false, 0])
  })

  it('is not waited for without a terminal, or in the background', () => {
    for (const [input, output, foreground] of [
      [new Keys(false), screen, true],
      [new Keys(true), { isTTY: false }, true],
      [new Keys(true), screen, false]
    ] as const) {
      expect(showAgain(() => {}, { input, output, foreground: () => foreground })).toBeUndefined()
      expect([input.isRead, input.listenerCount('data')]).toEqual([false, 0])
    }
  })
})
