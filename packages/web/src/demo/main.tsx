import { render } from 'preact'
import { DemoPage } from './demo-page.tsx'
import './demo.css'

const place = document.getElementById('page')
// The part of an address behind # is sent to no server, and is in no log of one.
if (place) render(<DemoPage token={location.hash.slice(1)} />, place)
