// The one page of the demonstration provider: choose who you are and agree to what the application asks for.
export function pages(provider, { persons }) {
  return async (request, response) => {
    try {
      const details = await provider.interactionDetails(request, response);
      if (request.method === 'POST') {
        await answer(provider, persons, details, request, response);
      } else {
        page(response, 200, form(details, persons));
      }
    } catch (error) {
      page(response, 400, `<p>${escape(error.error_description ?? error.message)}</p>`);
    }
  };
}

async function answer(provider, persons, details, request, response) {
  const chosen = new URLSearchParams(await body(request)).get('person');
  const person = persons.find(({ name }) => name === chosen);
  if (!person) {
    page(response, 400, form(details, persons, 'Nobody of that name is known here.'));
    return;
  }

  const grant = new provider.Grant({ accountId: person.subject, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  await provider.interactionFinished(request, response, {
    login: { accountId: person.subject, remember: false },
    consent: { grantId: await grant.save() },
  }, { mergeWithLastSubmission: false });
}

async function body(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 4096) {
      throw new Error('The form is too large.');
    }
  }

  return text;
}

function form({ params }, persons, complaint) {
  const choices = persons.map(({ name, about }) => `
    <p><label><input type="radio" name="person" value="${escape(name)}" required> <b>${escape(name)}</b>, ${escape(about)}</label></p>`);
  return `
  <form method="post">
    <p>The application <b>${escape(params.client_id)}</b> asks who you are (${escape(params.scope)}).</p>
    ${complaint ? `<p role="alert">${escape(complaint)}</p>` : ''}
    <fieldset><legend>Sign in as</legend>${choices.join('')}</fieldset>
    <p><button type="submit">Sign in and agree</button></p>
  </form>`;
}

function page(response, status, content) {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  });
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Demonstration sign-in</title>
<style>body{font:1rem/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>
<h1>Demonstration sign-in</h1><p>These persons are made up and have no password. This page exists on this machine only.</p>${content}</html>`);
}

function escape(text) {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
