// An OpenID Connect partner for tests: oidc-provider, with a form that signs anyone in.
//
// Takes a JSON object on its command line: clientId, clientSecret, redirects. Says its issuer on one
// line once it listens. POST /control changes what the next answers say, so that each attack comes
// from a partner that is right in everything else.
import { createServer } from "node:http";
import { once } from "node:events";
import { exportJWK, generateKeyPair, importJWK, decodeJwt, SignJWT, UnsecuredJWT } from "jose";
import Provider from "oidc-provider";

const asked = JSON.parse(process.argv[2]);
const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;

const newKey = async (kid) => {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
};
const key = await newKey("one");
const another = await newKey("one");

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: asked.clientId,
      client_secret: asked.clientSecret,
      redirect_uris: asked.redirects,
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ["a key of the tests"] },
  acrValues: ["urn:example:level:1", "urn:example:level:2"],
  pkce: { methods: ["S256"], required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  async loadExistingGrant(ctx) {
    const grant = new provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
});

// What POST /control said last, and what the token endpoint answered.
let spoilt = {};
const seen = { tokens: [], challenges: [] };

const read = async (request) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
};

const sign = async (token) => {
  const claims = { ...decodeJwt(token), ...spoilt.claims };
  for (const name of spoilt.without ?? []) delete claims[name];
  for (const name of ["iat", "exp"]) claims[name] += spoilt.clock ?? 0;
  if (spoilt.key === "none") return new UnsecuredJWT(claims).encode();
  if (spoilt.key === "secret") {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: "one" })
      .sign(new TextEncoder().encode(asked.clientSecret));
  }
  const used = spoilt.key === "another" ? another : key;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", kid: spoilt.kid ?? "one" })
    .sign(await importJWK(used, "RS256"));
};

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === "/token") {
    seen.tokens.push(ctx.body?.error ?? "given");
    if (ctx.body?.id_token) ctx.body.id_token = await sign(ctx.body.id_token);
    if (ctx.body?.id_token && spoilt.body) ctx.body = spoilt.body;
  }
  if (ctx.path.startsWith("/.well-known") && spoilt.metadata) {
    ctx.body = { ...ctx.body, ...spoilt.metadata };
  }
});

const form = (uid) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Partner</title>
<h1>Partner</h1><form method="post" action="/interaction/${uid}">
<label>User <input name="login"></label>
<label>Level <input name="level" value="urn:example:level:2"></label>
<button>Sign in</button> <button name="cancel" value="1">Cancel</button></form>`;

const interact = async (request, response, uid) => {
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html");
    response.end(form(uid));
    return;
  }
  const said = new URLSearchParams(await read(request));
  const result = said.get("cancel")
    ? { error: "access_denied" }
    : { login: { accountId: said.get("login"), acr: said.get("level") } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
};

const answer = provider.callback();
server.on("request", async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (pathname === "/control" && request.method === "POST") {
    spoilt = JSON.parse(await read(request));
    response.end();
  } else if (pathname === "/control") {
    response.end(JSON.stringify(seen));
  } else if (spoilt.silent === pathname) {
    // Says nothing: whoever asks must give up by itself.
  } else if (spoilt.broken === pathname) {
    response.writeHead(spoilt.status ?? 500, { location: "/elsewhere" });
    response.end("<html>");
  } else if (spoilt.drip === pathname) {
    response.writeHead(200, { "content-type": "application/json" });
    const drops = setInterval(() => response.write(" "), 200);
    response.on("close", () => clearInterval(drops));
  } else if (pathname.startsWith("/interaction/")) {
    await interact(request, response, pathname.split("/")[2]);
  } else {
    if (pathname === "/auth") seen.challenges.push(searchParams.get("code_challenge_method"));
    answer(request, response);
  }
});

// The tests that started it have gone: so does it.
process.stdin.resume();
process.stdin.on("end", () => process.exit());
console.log(issuer);
