// strava-v3, unmodified, against the simulator at $STRAVA_SIM. See ./run.

const axios = require('axios')
const assert = require('node:assert')
const http = require('node:http')

const SIM = process.env.STRAVA_SIM
const STRAVA = 'https://www.strava.com'

// Its axios instances go elsewhere: they are made when it is loaded.
const create = axios.create
axios.create = (...given) => {
  const made = create(...given)
  made.interceptors.request.use((config) => {
    for (const name of ['baseURL', 'url']) {
      if (config[name]?.startsWith(STRAVA)) config[name] = SIM + config[name].slice(STRAVA.length)
    }
    return config
  })
  return made
}
const strava = require('strava-v3')

let passed = 0
let failed = 0

async function check (name, step) {
  try {
    const outcome = await step()
    assert.ok(outcome === undefined || outcome, 'not as expected')
    passed += 1
    console.log(`  ok      ${name}`)
    return outcome
  } catch (error) {
    failed += 1
    console.log(`  FAILED  ${name}: ${error.name}: ${error.message}`)
  }
}

async function control (method, path, body) {
  const answer = await fetch(`${SIM}/sim${path}`, { method, body: body && JSON.stringify(body) })
  return answer.json()
}

/** Status and error of a call that must be refused. */
async function refused (call) {
  try {
    await call()
  } catch (error) {
    const { resource, field, code } = error.data?.errors?.[0] ?? {}
    return [error.statusCode, resource, field, code].join('/')
  }
  throw new Error('it was not refused')
}

async function consent (scope, athlete) {
  const url = strava.oauth.getRequestAccessURL({ scope, state: 's' }).replace(STRAVA, SIM)
  const form = new URLSearchParams({ consent: 'shown', athlete, answer: 'authorize' })
  for (const one of scope.split(',')) form.append('granted', one)
  const answer = await fetch(url, { method: 'POST', body: form, redirect: 'manual' })
  const back = new URL(answer.headers.get('location'))
  assert.equal(back.searchParams.get('state'), 's')
  return back.searchParams.get('code')
}

async function main () {
  const redirect = 'http://localhost/back'
  strava.config({ client_id: '1', client_secret: 'secret', redirect_uri: redirect, access_token: 'x' })
  const me = (await control('GET', '/athletes'))[0].id
  const scope = 'read,activity:read_all,profile:read_all,activity:write'
  const code = await consent(scope, me)
  const pair = await check('token exchange', () => strava.oauth.getToken(code))
  await check('whose it is', () => pair.athlete.id === me && pair.token_type === 'Bearer')
  await check('a code works once', async () =>
    await refused(() => strava.oauth.getToken(code)) === '400/AuthorizationCode/code/invalid')
  await control('POST', '/clock', { advance_s: 5 * 3600 + 1 })
  const fresh = await check('refresh', () => strava.oauth.refreshToken(pair.refresh_token))
  await check('rotation', async () => fresh.refresh_token !== pair.refresh_token &&
    await refused(() => strava.oauth.refreshToken(pair.refresh_token)) ===
    '400/RefreshToken/refresh_token/invalid')

  const client = new strava.client(fresh.access_token)
  const athlete = await check('athlete', () => client.athlete.get({}))
  await check('gear', async () => (await client.gear.get({ id: athlete.shoes[0].id })).brand_name)
  await check('stats', async () => (await client.athletes.stats({ id: me })).ytd_run_totals)
  const truth = await control('GET', `/athletes/${me}/activities`)
  const listed = await check('paging until a page is empty', async () => {
    const all = []
    for (let page = 1; ; page++) {
      const some = await client.athlete.listActivities({ page, per_page: 20 })
      if (some.length === 0) return all
      all.push(...some)
    }
  })
  await check('the list is complete', () => {
    const ids = (all) => all.map((a) => Number(a.id)).sort((a, b) => a - b)
    assert.deepEqual(ids(listed), ids(truth))
  })
  const run = truth.find((a) => a.has_streams && a.sport_type === 'Run')
  const detail = await check('detail', () => client.activities.get({ id: run.id, include_all_efforts: true }))
  await check('its id is a number', () => Number.isSafeInteger(detail.id) && detail.id === run.id)
  await check('laps', async () =>
    (await client.activities.listLaps({ id: run.id })).length === detail.laps.length)
  await check('zones', async () => (await client.activities.listZones({ id: run.id })).length >= 0)
  await check('comments', async () => (await client.activities.listComments({ id: run.id, page_size: 5 })).length === 0)
  const keys = 'time,distance,heartrate'
  const streams = await check('streams', () =>
    client.streams.activity({ id: run.id, keys, key_by_type: true }))
  await check('streams by type', () => streams.time.data.length === streams.distance.data.length)
  await check('streams in a list', async () =>
    (await client.streams.activity({ id: run.id, keys: 'time' }))[0].type === 'time')
  await check('rate limits', () => strava.rateLimiting.readShortTermLimit === 100 && !strava.rateLimiting.readExceeded())
  await check('create by hand', () => client.activities.create({
    name: 'By hand', sport_type: 'Run', start_date_local: '2026-01-05T07:00:00Z', elapsed_time: 1800, distance: 5000
  }))
  await check('what writes tells nothing of reading', () => strava.rateLimiting.readShortTermUsage === 0)

  const heard = []
  const hook = http.createServer((request, response) => {
    const challenge = new URL(request.url, 'http://x').searchParams.get('hub.challenge')
    let body = ''
    request.on('data', (part) => { body += part })
    request.on('end', () => {
      if (request.method === 'POST') heard.push(JSON.parse(body))
      response.end(JSON.stringify({ 'hub.challenge': challenge }))
    })
  })
  await new Promise((resolve) => hook.listen(0, '127.0.0.1', resolve))
  const callback = `http://127.0.0.1:${hook.address().port}/hook`
  const subscription = await check('subscribe', () =>
    strava.pushSubscriptions.create({ callback_url: callback, verify_token: 't' }))
  await check('subscriptions', async () => {
    const list = await strava.pushSubscriptions.list()
    assert.deepEqual(list.map((s) => s.callback_url), [callback])
  })
  const added = (await control('POST', `/athletes/${me}/activities`, {})).id
  for (let tries = 0; tries < 200 && heard.length === 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await check('an event', () => heard[0].object_id === added && heard[0].owner_id === me)
  await check('unsubscribe', async () => {
    await strava.pushSubscriptions.delete({ id: subscription.id })
    assert.equal((await strava.pushSubscriptions.list()).length, 0)
  })
  hook.close()

  await check('not found', async () =>
    await refused(() => client.activities.get({ id: 1 })) === '404/Activity/id/invalid')
  await check('milliseconds are the future', async () =>
    await refused(() => client.athlete.listActivities({ after: Date.now() * 1000 })) === '400/Application/after/future')
  await control('POST', '/usage/exhaust', { window: 'day' })
  await check('too many requests', async () =>
    await refused(() => client.athlete.get({})) === '429/Application/rate limit/exceeded')
  await control('POST', '/clock', { advance_s: 86400 })
  await check('a token ends', async () =>
    await refused(() => client.athlete.get({})) === '401/Athlete/access_token/invalid')
  const last = await strava.oauth.refreshToken(fresh.refresh_token)
  await check('deauthorize', async () =>
    (await strava.oauth.deauthorize(last)).access_token === last.access_token)
  await check('revoked', async () =>
    await refused(() => new strava.client(last.access_token).athlete.get({})) === '401/Athlete/access_token/invalid')
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed === 0 ? 0 : 1)
}

main()
