import { useEffect, useState } from 'preact/hooks'

/** Counts how often the person's machine has changed between light and dark, so that canvases are drawn anew. */
export function useScheme(): number {
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const changed = (): void => setChanges(count => count + 1)
    query.addEventListener('change', changed)
    return () => query.removeEventListener('change', changed)
  }, [])
  return changes
}

/** Reads the present value of a custom property of the style sheet, as a colour that a canvas takes. */
export function colour(name: `--${string}`): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  probe.hidden = true
  document.body.append(probe)
  const value = getComputedStyle(probe).color
  probe.remove()
  return value
}
