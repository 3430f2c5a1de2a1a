import { type JSX, render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { DemoPage } from './demo-page.tsx'
import './demo.css'

/** Shows the page for the token in the address, also where a person pastes another address into the same tab. */
function AtAddress(): JSX.Element {
  // The part of an address behind # is sent to no server, and is in no log of one.
  const [token, setToken] = useState(location.hash.slice(1))
  useEffect(() => {
    const changed = (): void => setToken(location.hash.slice(1))
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  return <DemoPage key={token} token={token} />
}

const place = document.getElementById('page')
if (place) render(<AtAddress />, place)
