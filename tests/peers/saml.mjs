// A SAML 2.0 partner for tests: samlify, with a form that signs anyone in.
//
// Takes a JSON object on its command line: key and certificate (PEM). Says its address on one line
// once it listens. POST /registry takes the metadata of the registry; POST /control changes what the
// next responses say before they are signed, so that each attack comes from a partner that is right
// in everything else.
import { createServer } from "node:http";
import { once } from "node:events";
import saml from "samlify";

saml.setSchemaValidator({ validate: async () => "the requests of the registry are not at issue" });

const asked = JSON.parse(process.argv[2]);
const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = `http://127.0.0.1:${server.address().port}`;

const idp = saml.IdentityProvider({
  entityID: `${address}/metadata`,
  signingCert: asked.certificate,
  privateKey: asked.key,
  requestSignatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  nameIDFormat: ["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"],
  singleSignOnService: [
    { Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", Location: `${address}/sso` },
  ],
});

let registry = "";
let spoilt = {};
const requests = [];

const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
const escaped = (text) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

const AUTHN =
  '<saml:AuthnStatement AuthnInstant="{IssueInstant}" SessionIndex="{AssertionID}"><saml:AuthnContext>' +
  "<saml:AuthnContextClassRef>{Level}</saml:AuthnContextClassRef>" +
  "</saml:AuthnContext></saml:AuthnStatement>";

const respond = async (id, login, level) => {
  const sp = saml.ServiceProvider({
    metadata: registry,
    wantMessageSigned: spoilt.message !== false,
  });
  if (spoilt.assertion === false) sp.entityMeta.isWantAssertionsSigned = () => false;
  const clock = spoilt.clock ?? 0;
  const response = idp.entitySetting.generateID();
  const to = sp.entityMeta.getAssertionConsumerService("post");
  const values = {
    ID: response,
    AssertionID: idp.entitySetting.generateID(),
    Destination: to,
    SubjectRecipient: to,
    Audience: sp.entityMeta.getEntityID(),
    Issuer: idp.entityMeta.getEntityID(),
    IssueInstant: at(clock),
    StatusCode: "urn:oasis:names:tc:SAML:2.0:status:Success",
    ConditionsNotBefore: at(clock),
    ConditionsNotOnOrAfter: at(clock + 300),
    SubjectConfirmationDataNotOnOrAfter: at(clock + 300),
    NameIDFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    NameID: escaped(login),
    InResponseTo: id,
    Level: escaped(level),
    AttributeStatement: "",
    ...spoilt.values,
  };
  const made = await idp.createLoginResponse(sp, { extract: { request: { id } } }, "post", {}, {
    customTagReplacement: (template) => {
      let text = template.replace("{AuthnStatement}", AUTHN);
      for (const part of spoilt.without ?? []) text = text.replace(part, "");
      for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, value);
      return { id: response, context: text };
    },
  });
  return { to, response: made.context };
};

const page = (body) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Partner</title><h1>Partner</h1>${body}`;

const read = async (request) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
};

const answer = async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, address);
  response.setHeader("content-type", "text/html");
  if (pathname === "/metadata") return idp.getMetadata();
  if (pathname === "/registry") return void (registry = await read(request));
  if (pathname === "/control" && request.method === "POST")
    return void (spoilt = JSON.parse(await read(request)));
  if (pathname === "/control") return JSON.stringify(requests);
  if (pathname === "/sso" && request.method === "GET") {
    const query = Object.fromEntries(searchParams);
    const sp = saml.ServiceProvider({ metadata: registry });
    const { extract, samlContent } = await idp.parseLoginRequest(sp, "redirect", { query });
    requests.push(samlContent);
    return page(`<form method="post" action="/sso">
<input type="hidden" name="id" value="${escaped(extract.request.id)}">
<label>User <input name="login"></label>
<label>Level <input name="level" value="urn:example:level:2"></label><button>Sign in</button></form>`);
  }
  const said = new URLSearchParams(await read(request));
  const made = await respond(said.get("id"), said.get("login"), said.get("level"));
  return page(`<form method="post" action="${escaped(made.to)}">
<input type="hidden" name="SAMLResponse" value="${made.response}"><button>Continue</button></form>`);
};

server.on("request", async (request, response) => {
  try {
    response.end((await answer(request, response)) ?? "");
  } catch (error) {
    response.writeHead(500);
    response.end(String(error.stack));
  }
});

// The tests that started it have gone: so does it.
process.stdin.resume();
process.stdin.on("end", () => process.exit());
console.log(address);
