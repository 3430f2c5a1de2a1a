import { render } from 'preact'
import { App } from './app.tsx'
import './customer.css'

const place = document.getElementById('page')
if (!place) throw new Error('expected an element with the id "page", got none')
render(<App />, place)
