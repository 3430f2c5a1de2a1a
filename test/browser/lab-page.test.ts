// The page of the living neighbourhood in a real browser, on a neighbourhood of real nodes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bareFramesPerSecond, chromiumPath, expectAccessible, framesPerSecond, launchBrowser, openPage } from '../support/browser.ts'

const SLOT_MS = 2000
const LONG = 240_000
const PATIENT = { timeout: 60_000 }
const program = fileURLToPath(import.meta.resolve('@hushgrid/scripts/nodes-start'))

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-lab-page-'))
const running: ChildProcess[] = []
let browser: Browser

/** Starts a neighbourhood; gives the address of its page. */
async function neighbourhood(name: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...args, '--report', join(folder, name), '--web-port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  running.push(child)
  return await new Promise((resolve, reject) => {
    let said = ''
    child.once('exit', () => reject(new Error(`expected the address of a page, got: ${said}`)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 10_000) said += text
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 10_000) said += text
      const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0]
      if (url !== undefined) resolve(url)
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGINT')
  await once(child, 'exit')
}

/** Waits for so many slots more than the page shows now. */
async function slotsMore(page: Page, more: number): Promise<void> {
  const slots = async (): Promise<number> => Number(await page.locator('[data-counter=Slots] .counter-value').textContent())
  const before = await slots()
  await expect.poll(slots, { ...PATIENT, interval: 100 }).toBeGreaterThanOrEqual(before + more)
}

describe.skipIf(chromiumPath === undefined)('the living neighbourhood', () => {
  beforeAll(async () => {
    browser = await launchBrowser()
  }, LONG)

  // One that went on would take its time from the next test's.
  afterEach(async () => {
    await Promise.all(running.splice(0).map(end))
  }, LONG)

  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  }, LONG)

  it('shows the ring live, what a household used and what leaves it, and does what its buttons say', { timeout: LONG }, async () => {
    const url = await neighbourhood('ten', '--n', '10', '--slot-ms', String(SLOT_MS), '--seed', 'page')
    const watched = await openPage(browser, url)
    const { page } = watched
    await page.locator('.hub[data-phase=running]').waitFor(PATIENT)
    await slotsMore(page, 1)

    // A slot that passes is shown before the next one is over.
    const begun = Date.now()
    await slotsMore(page, 2)
    expect(Date.now() - begun).toBeLessThan(3.5 * SLOT_MS)

    // What the page shows is never more than a slot behind what the lab has.
    for (let i = 0; i < 10; i++) {
      const behind = await page.evaluate(async () => {
        const { counters } = (await (await fetch('/api/lab')).json()) as { counters: { slots: number } }
        const { document } = globalThis as unknown as { document: { querySelector(path: string): { textContent: string } } }
        return counters.slots - Number(document.querySelector('[data-counter=Slots] .counter-value').textContent)
      })
      expect(behind).toBeLessThanOrEqual(1)
      await page.waitForTimeout(SLOT_MS / 4)
    }

    const ring = page.getByRole('listbox', { name: /Meters in ring order, 10/ })
    await ring.focus()
    await page.keyboard.press('3')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Meter 3' }).waitFor(PATIENT)
    await page.getByRole('heading', { name: 'What the household used' }).waitFor(PATIENT)
    await page.getByRole('heading', { name: 'The aggregator receives' }).waitFor(PATIENT)
    const tour = page.getByRole('navigation', { name: 'Tour in three steps' })
    await tour.getByText(/^Meter 3 used .* kWh in the slot of/).waitFor(PATIENT)
    await tour.getByText('masks, modulo 2⁶⁴').waitFor(PATIENT)
    await tour.getByText('✓ exact').waitFor(PATIENT)
    for (const [step, place] of ['What the household used', 'What leaves the house', 'Why the sum is right'].map(
      (name, i) => [name, ['used', 'left', 'sum'][i]] as const
    )) {
      await tour.getByRole('link', { name: step }).click()
      await page.locator(`#tour-${place}:target`).waitFor(PATIENT)
    }
    await expectAccessible(page)

    const meter = page.getByRole('group', { name: 'Meter 3' })
    await meter.getByRole('button', { name: 'Crash' }).click()
    await meter.getByRole('button', { name: 'Restart' }).and(page.locator(':enabled')).waitFor(PATIENT)
    await expect
      .poll(async () => Number(await page.locator('[data-counter=Recovered] .counter-value').textContent()), PATIENT)
      .toBeGreaterThan(0)
    await meter.getByRole('button', { name: 'Restart' }).click()
    await expect.poll(() => page.locator('.meter-state').textContent(), PATIENT).toMatch(/^(submitted|not yet submitted)/)

    await page.getByRole('group', { name: 'Neighbourhood' }).getByRole('button', { name: 'Join' }).click()
    await page.getByRole('listbox', { name: /Meters in ring order, 11/ }).waitFor(PATIENT)

    // Who was away for two slots is absent until a roster says otherwise, and cannot be asked about.
    await expect.poll(() => page.locator('.meter-state').textContent(), PATIENT).toMatch(/^(submitted|not yet submitted)/)
    await page.getByRole('button', { name: 'Ask twice' }).click()
    await page
      .locator('.verdict')
      .getByText(/refused by \d+ of \d+.*: nobody answers twice for the slot of/)
      .waitFor(PATIENT)
    await page
      .getByRole('list', { name: /^Refusals and disputes/ })
      .getByRole('listitem')
      .first()
      .waitFor(PATIENT)
    await expectAccessible(page)
    watched.expectClean()

    await page.getByRole('button', { name: 'PES, re-encrypting' }).click()
    await page.locator('[data-form=plain]').waitFor(PATIENT)
    await page.getByRole('button', { name: 'PES, re-encrypting', pressed: true }).waitFor(PATIENT)
    expect(await page.locator('.hub-box .hub-role').allTextContents()).toEqual(['concentrator', 'PES', 'supplier'])
    expect(await page.locator('.hub-plain').textContent()).toBe('PES⚠ decrypts readings')
    await page.getByRole('button', { name: 'Crash concentrator' }).waitFor(PATIENT)
    await page.getByText('With the PES there are no masks to ask for').waitFor(PATIENT)
    await expectAccessible(page)
    watched.expectClean()
    await watched.close()
  })

  it('is there in the dark, on a phone, and by the keyboard alone', { timeout: LONG }, async () => {
    const url = await neighbourhood('keys', '--n', '10', '--slot-ms', String(SLOT_MS), '--seed', 'keys')
    const watched = await openPage(browser, url, { viewport: { width: 360, height: 740 }, colorScheme: 'dark', reducedMotion: 'reduce' })
    const { page } = watched
    await page.locator('.hub[data-phase=running]').waitFor(PATIENT)
    await slotsMore(page, 1)
    // Nothing is wider than the screen.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.getAttribute("role") ?? document.activeElement.textContent')
    for (let presses = 0; (await focused()) !== 'listbox'; presses++) {
      expect(presses).toBeLessThan(30)
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^Meter \d+$/ }).waitFor(PATIENT)
    for (let presses = 0; (await focused()) !== 'Crash'; presses++) {
      expect(presses).toBeLessThan(30)
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.meter-state').textContent(), PATIENT).toMatch(/down|missing/)
    await expectAccessible(page)
    watched.expectClean()
    await watched.close()
  })

  it('draws 500 meters at more than 30 frames a second while they submit', { timeout: 2 * LONG }, async () => {
    const url = await neighbourhood('many', '--n', '500', '--seed', 'many')
    const watched = await openPage(browser, url)
    const { page } = watched
    await page.locator('.hub[data-phase=running]').waitFor({ timeout: LONG })
    await slotsMore(page, 1)
    const frames: number[] = []
    for (let i = 0; i < 5; i++) frames.push(await framesPerSecond(page, 1500))
    const median = frames.sort((a, b) => a - b)[2]
    process.stdout.write(`500 meters, live: ${median?.toFixed(0)} frames a second, the median of ${frames.length} times 1.5 s\n`)
    expect(await page.getByRole('listbox', { name: /Meters in ring order, 500/ }).count()).toBe(1)
    watched.expectClean()
    await watched.close()
    const bare: number[] = []
    for (let i = 0; i < 3; i++) bare.push(await bareFramesPerSecond(browser, 1500))
    const floor = bare.sort((a, b) => a - b)[1] ?? 0
    process.stdout.write(`the same machine, a bare page beside the same nodes: ${floor.toFixed(0)} frames a second\n`)
    // Where a page that only draws as many circles is far from 60 too, the machine is what is slow.
    expect(median).toBeGreaterThan(Math.min(30, floor / 2))
  })
})
