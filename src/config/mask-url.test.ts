import { expect, test } from 'vitest'
import { maskUrlPassword } from './mask-url.ts'

test.each([
  ['postgres://box:word@db:5432/orders', 'postgres://box:•••@db:5432/orders'],
  ['postgres://box:w@r/d@db/orders', 'postgres://box:•••@db/orders'],
  ['postgres://box:w/o?r#d@db/orders?x=1', 'postgres://box:•••@db/orders?x=1'],
  ['postgres://box:w#rd@db/orders', 'postgres://box:•••@db/orders'],
  [
    'postgres://box:word@db/orders?application_name=a@b',
    'postgres://box:•••@db/orders?application_name=a@b',
  ],
  ['postgresql://:word@db/orders', 'postgresql://:•••@db/orders'],
  [
    'postgres://db/orders?user=box&password=word&x=1',
    'postgres://db/orders?user=box&password=•••&x=1',
  ],
  ['postgres://box@db:5432/orders', 'postgres://box@db:5432/orders'],
  ['http://user:word@127.0.0.1/', 'http://user:•••@127.0.0.1/'],
  ['http://127.0.0.1:9000/a@b', 'http://127.0.0.1:•••@b'],
  ['sqlite:a:b@c', 'sqlite:a:b@c'],
  ['plain text', 'plain text'],
])('%s is shown as %s', (text, shown) => {
  expect(maskUrlPassword(text)).toBe(shown)
})
