// The supplier's desk and the customer's page in a real browser, with everything behind them that `pnpm demo` starts.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, expectAccessible, launchBrowser, openPage, type WatchedPage } from '../support/browser.ts'

const MEMBERS = 6
const LONG = 240_000
const PATIENT = { timeout: 60_000 }
/** Below those that the system gives to connections, so that none takes it meanwhile; where it is taken, another one is. */
const PORT = 20_000 + (process.pid % 2400) * 5
/** So long that the last whole day is still one of last month's when the desk is asked for it, whatever the machine. */
const SLOT_MS = 3000
/** What a refused sign-in leaves on the console, whatever the page does. */
const REFUSED = /status of 401/
const NOBODY = 'There is no such account, or it has another password.'
const program = fileURLToPath(import.meta.resolve('@hushgrid/scripts/demo'))

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-desk-page-'))
let demo: ChildProcess
let browser: Browser
/** What it has printed. */
let said = ''

function passwordOf(account: string): string {
  return new RegExp(`^  ${account} +(\\S+)`, 'm').exec(said)?.[1] ?? ''
}

function urlOf(page: string): string {
  return new RegExp(`^${page}: (\\S+)`, 'm').exec(said)?.[1] ?? ''
}

/** Signs in with the keyboard alone. */
async function signedIn(url: string, account: string, options?: BrowserContextOptions): Promise<WatchedPage> {
  const watched = await openPage(browser, url, options)
  await typeIn(watched.page, account, passwordOf(account))
  await watched.page.getByText('Signed in as').waitFor(PATIENT)
  return watched
}

async function typeIn(page: Page, account: string, password: string): Promise<void> {
  const name = page.getByLabel('Account')
  await name.waitFor(PATIENT)
  await name.focus()
  await page.keyboard.type(account)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
}

async function textOf(page: Page, path: string): Promise<{ status: number; text: string }> {
  return await page.evaluate(async where => {
    const answer = await fetch(where)
    return { status: answer.status, text: await answer.text() }
  }, path)
}

describe.skipIf(chromiumPath === undefined)('with a neighbourhood of six behind them', () => {
  beforeAll(async () => {
    const args = [
      ...['--n', String(MEMBERS), '--slot-ms', String(SLOT_MS), '--seed', 'pages'],
      ...['--port', String(PORT), '--report', join(folder, 'run')]
    ]
    demo = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const ready = Promise.withResolvers<void>()
    for (const stream of [demo.stdout, demo.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (/^ {2}flat-5 .*\n/m.test(said)) ready.resolve()
      })
    }
    demo.once('exit', () => ready.reject(new Error(`expected pnpm demo to go on, it said: ${said}`)))
    browser = await launchBrowser()
    await ready.promise
  }, LONG)

  afterAll(async () => {
    await browser?.close()
    if (demo.exitCode === null) {
      demo.kill('SIGINT')
      const [status] = (await once(demo, 'exit')) as [number | null]
      expect(status).toBe(0)
    }
    rmSync(folder, { recursive: true, force: true })
  }, LONG)

  it('begin at a start page that leads to all pages, with accounts for whoever has its whole address', { timeout: LONG }, async () => {
    const start = urlOf('Start page')
    const watched = await openPage(browser, start, { viewport: { width: 390, height: 844 } })
    const { page } = watched
    const pages = ['Neighbourhood', "Supplier's desk", "Customers' page"].map(urlOf)
    for (const [i, title] of ['The neighbourhood', 'The supplier’s desk', 'The customers’ page'].entries())
      expect(await page.getByRole('link', { name: title, exact: true }).getAttribute('href')).toBe(pages[i])
    for (const account of ['ada', 'eve', 'flat-0', 'flat-5'])
      expect(await page.getByRole('row', { name: account }).locator('.password').textContent()).toBe(passwordOf(account))
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await expectAccessible(page)
    watched.expectClean()
    await watched.close()

    const { stdout } = await promisify(execFile)(process.execPath, [program, '--accounts'])
    expect(stdout).toContain(`Start page: ${start}\n`)
    expect(stdout).toContain(` ${passwordOf('flat-5')} `)

    const without = await openPage(browser, start.replace(/#.*/, ''))
    await without.page.getByRole('alert').getByText('pnpm demo --accounts').waitFor(PATIENT)
    expect(await without.page.content()).not.toContain(passwordOf('eve'))
    await expectAccessible(without.page)
    without.expectClean()
    await without.close()
  })

  it('has a neighbourhood that says why it cannot be switched', { timeout: LONG }, async () => {
    const watched = await openPage(browser, urlOf('Neighbourhood'))
    const { page } = watched
    await page.getByText('the supplier beside this neighbourhood follows its DC-net').waitFor(PATIENT)
    expect(await page.getByRole('button', { name: 'PES, direct' }).isDisabled()).toBe(true)
    watched.expectClean()
    await watched.close()
  })

  describe('the supplier’s desk', () => {
    const url = (): string => urlOf("Supplier's desk")

    it('shows an analyst the load and its forecast, and nobody without the password', { timeout: LONG }, async () => {
      const watched = await openPage(browser, url())
      const { page } = watched
      await expectAccessible(page)
      await typeIn(page, 'eve', 'another password')
      await page.getByText('There is no account of this name with this password.').waitFor(PATIENT)
      await page.getByLabel('Password').fill(passwordOf('eve'))
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: /^Load of / }).waitFor(PATIENT)
      await page.getByRole('heading', { name: 'Forecast of the next day' }).waitFor(PATIENT)
      await page.getByText('exponential smoothing').or(page.getByText('(chosen)')).first().waitFor(PATIENT)
      await page.getByRole('button', { name: 'Previous day' }).click()
      await page.getByText(/kWh in 48 slots of 1800 s, 6 meters in each/).waitFor(PATIENT)
      await expectAccessible(page)
      expect(await textOf(page, '/api/audit')).toMatchObject({ status: 403 })
      watched.expectClean(/status of (401|403)/)
      await watched.close()
    })

    it('shows a billing run, and checks a bill again', { timeout: LONG }, async () => {
      const watched = await signedIn(url(), 'bill', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
      const { page } = watched
      await page.getByText(`Billed for exactly this period: ${MEMBERS} of ${MEMBERS} households.`).waitFor(PATIENT)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
      await page
        .getByRole('button', { name: /^Check again/ })
        .first()
        .click()
      await page.getByText('Holds.', { exact: true }).first().waitFor(PATIENT)
      await page.getByText('Days and times are those of Europe/London, the zone of the tariffs.').waitFor(PATIENT)
      await page
        .getByRole('table', { name: /^Prices of evening-peak/ })
        .getByRole('row', { name: /^peak .* p\/kWh/ })
        .waitFor(PATIENT)
      const exact = page.getByRole('button', { name: 'Exact amounts' })
      expect(await page.locator('.exact').count()).toBe(0)
      await exact.click()
      await page
        .getByText(/^[\d,]+\.\d+ p$/)
        .first()
        .waitFor(PATIENT)
      await expectAccessible(page)
      watched.expectClean()
      await watched.close()
    })

    it('shows an auditor who looked at what, and an admin the accounts', { timeout: LONG }, async () => {
      const auditor = await signedIn(url(), 'otto')
      await auditor.page.getByText(/The whole log is as it was written up to line \d+/).waitFor(PATIENT)
      await expectAccessible(auditor.page)
      auditor.expectClean()
      await auditor.close()
      const admin = await signedIn(url(), 'ada')
      await admin.page.getByRole('rowheader', { name: 'flat-3' }).or(admin.page.getByText('flat-3').first()).first().waitFor(PATIENT)
      await expectAccessible(admin.page)
      await admin.page.getByRole('button', { name: 'Sign out' }).click()
      await admin.page.getByLabel('Password').waitFor(PATIENT)
      admin.expectClean()
      await admin.close()
    })
  })

  describe('the customer’s page', () => {
    const url = (): string => urlOf("Customers' page")

    it('opens readings here, explains a bill, and shows what the supplier sees', { timeout: LONG }, async () => {
      const watched = await openPage(browser, url())
      const { page } = watched
      await expectAccessible(page)
      await typeIn(page, 'flat-3', passwordOf('flat-2'))
      await page.getByText(NOBODY).waitFor(PATIENT)
      await page.getByLabel('Password').fill(passwordOf('flat-3'))
      await page.keyboard.press('Enter')
      await page.getByText(/your meter’s signature holds for all readings shown/).waitFor(PATIENT)
      await page.getByRole('button', { name: 'Month' }).click()
      await page.getByText(/your meter’s signature holds for all readings shown/).waitFor(PATIENT)
      await expectAccessible(page)

      await page.getByRole('link', { name: 'Bills' }).click()
      await page.getByText(/the bill holds/).waitFor(PATIENT)
      await page.getByRole('heading', { name: /Computed here, from your readings: the same/ }).waitFor(PATIENT)
      const bill = /flat-3 .*bill of last month (\S+)/.exec(said)?.[1] ?? ''
      expect((await page.locator('.bill .big').first().textContent())?.replaceAll(/\s/g, '')).toBe(bill)
      await page.getByRole('button', { name: 'Exact amounts' }).click()
      const amounts = await page.getByRole('table', { name: 'Energy and amount under each price' }).locator('.exact').allTextContents()
      const units = amounts.map(text =>
        BigInt(
          text
            .replace('−', '-')
            .replace(/[^-\d.]/g, '')
            .replace(/^(-?\d+)\.?(\d*)$/, (_, whole, part) => whole + part.padEnd(4, '0'))
        )
      )
      const [computed, billed] = units.slice(-2)
      expect(units.slice(0, -2).reduce((sum, each) => sum + each, 0n)).toBe(computed)
      expect(billed).toBe(computed)
      await expectAccessible(page)

      await page.getByRole('link', { name: 'What the supplier sees' }).click()
      await page
        .getByText(/^household-[0-9a-f]{32}$/)
        .first()
        .waitFor(PATIENT)
      await page.getByRole('heading', { name: 'Who looked' }).waitFor(PATIENT)
      await expectAccessible(page)
      const bytes = await page
        .getByRole('table', { name: 'All that the supplier has of your readings' })
        .locator('.breakable')
        .allTextContents()
      expect(new Set(bytes).size).toBe(bytes.length)
      // What was looked at now is not before what came in: both are by the lab's clock.
      const [looked] = await page
        .getByRole('table', { name: /^Who looked/ })
        .getByRole('rowheader')
        .allTextContents()
      const came = await page
        .getByText(/^The supplier received|bytes, received/)
        .first()
        .textContent()
      const at = (text: string | null | undefined): number => Date.parse(/\d+ \w+ \d{4}, [\d:]+/.exec(text ?? '')?.[0] ?? '')
      expect(at(looked) - at(came)).toBeGreaterThanOrEqual(0)
      expect(at(looked) - at(came)).toBeLessThan(10 * 86_400_000)

      await page.getByRole('link', { name: 'Export' }).click()
      const [download] = await Promise.all([page.waitForEvent('download', PATIENT), page.getByRole('button', { name: /CSV/ }).click()])
      const rows = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n')
      expect(rows[0]).toBe('slot_start_utc,slot_start_local,1-0:1.29.0 Wh,1-0:2.29.0 Wh')
      // October has 31 days, and more have passed since: each row is one slot.
      expect(rows.length).toBeGreaterThan(28 * 48)
      const [xml] = await Promise.all([page.waitForEvent('download', PATIENT), page.getByRole('button', { name: /Green Button/ }).click()])
      const values = [...readFileSync(await xml.path(), 'utf8').matchAll(/<value>(\d+)<\/value>/g)].map(([, value]) => value)
      const columns = rows.slice(1).map(row => row.split(',').slice(2))
      expect(values).toEqual([0, 1].flatMap(lane => columns.map(row => row[lane])))
      watched.expectClean(REFUSED)
      await watched.close()
    })

    it('fetches what the meter has sent since, and drops what the supplier has no more', { timeout: LONG }, async () => {
      const watched = await openPage(browser, url())
      const { page } = watched
      type Answer = { batches: { firstSlot: number; slots: number }[] }
      let missing = 3
      let known: Answer | undefined
      await page.route(/\/api\/households\/[^/]+\/batches$/, async route => {
        const answer = await route.fetch()
        // A day that is sealed meanwhile does not count.
        known ??= (await answer.json()) as Answer
        const batches = known.batches.toSorted((a, b) => a.firstSlot - b.firstSlot).slice(0, -missing)
        await route.fulfill({ response: answer, json: { ...known, batches } })
      })
      await typeIn(page, 'flat-5', passwordOf('flat-5'))
      const holds = page.getByText(/your meter’s signature holds for all readings shown/)
      await holds.waitFor(PATIENT)
      const look = page.getByRole('button', { name: 'Look for new readings' })
      const day = (): Promise<string | null> => page.getByRole('heading', { level: 2 }).first().textContent()
      const before = await day()

      await look.focus()
      await page.keyboard.press('Enter')
      await page.getByText('Nothing new: all that the server has is here.').waitFor(PATIENT)
      expect(await day()).toBe(before)

      missing = 1
      await look.click()
      await page.getByText('2 new batches of readings.').waitFor(PATIENT)
      await holds.waitFor(PATIENT)
      expect(await day()).not.toBe(before)
      await page.getByText('48 of 48 slots of 30 minutes').waitFor(PATIENT)
      await expectAccessible(page)

      missing = 3
      await look.click()
      await page.getByText('Nothing new: all that the server has is here.').waitFor(PATIENT)
      await holds.waitFor(PATIENT)
      expect(await day()).toBe(before)
      watched.expectClean()
      await watched.close()
    })

    it('gives one customer nothing of another, by whichever route', { timeout: LONG }, async () => {
      const [one, other] = [await signedIn(url(), 'flat-1'), await signedIn(url(), 'flat-2')]
      const household = async ({ page }: WatchedPage): Promise<string> =>
        (JSON.parse((await textOf(page, '/api/session')).text) as { household: string }).household
      const [own, foreign] = [await household(one), await household(other)]
      const nobody = `household-${'0'.repeat(32)}`
      for (const route of ['vault', 'batches', 'bills', 'seen', 'consents']) {
        expect({ route, ...(await textOf(one.page, `/api/households/${own}/${route}`)) }).toMatchObject({ route, status: 200 })
        const refused = await textOf(one.page, `/api/households/${foreign}/${route}`)
        expect({ route, ...refused }).toEqual({ route, status: 404, text: '{"error":"no such household"}' })
        expect(await textOf(one.page, `/api/households/${nobody}/${route}`)).toEqual(refused)
      }
      one.expectClean(/status of 404/)
      await one.close()
      await other.close()
    })

    it('takes consent back, changes the password, and deletes the account', { timeout: LONG }, async () => {
      const watched = await signedIn(url(), 'flat-4', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
      const { page } = watched
      const household = (JSON.parse((await textOf(page, '/api/session')).text) as { household: string }).household
      const batches = async (): Promise<number> =>
        (JSON.parse((await textOf(page, `/api/households/${household}/batches`)).text) as { batches: unknown[] }).batches.length
      expect(await batches()).toBeGreaterThan(27)
      await page.getByRole('link', { name: 'Consent' }).click()
      await page.getByRole('button', { name: /Withdraw/ }).click()
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /Withdraw/ })
        .click()
      await expect.poll(batches, PATIENT).toBe(0)
      await expectAccessible(page)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)

      const changed = 'a password of her own choice'
      await page.getByRole('link', { name: 'Password' }).click()
      await page.getByLabel('Present password').fill(passwordOf('flat-4'))
      await page.getByLabel('New password', { exact: true }).fill(changed)
      await page.getByLabel('New password once more').fill(changed)
      await expectAccessible(page)
      await page.keyboard.press('Enter')
      await page.getByText('Your password is changed.').waitFor(PATIENT)

      await page.getByRole('link', { name: 'Delete' }).click()
      await page.getByRole('button', { name: /Delete.*account/ }).click()
      await page.getByRole('dialog').getByLabel('Password').fill(changed)
      await expectAccessible(page)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Sign in' }).waitFor(PATIENT)
      await typeIn(page, 'flat-4', changed)
      await page.getByText(NOBODY).waitFor(PATIENT)
      watched.expectClean(REFUSED)
      await watched.close()
    })
  })
})
