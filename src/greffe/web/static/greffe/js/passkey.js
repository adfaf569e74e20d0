// Asks the device for a passkey, or has it make one, and sends what it says with the form.

const bytes = (text) => {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (sign) => sign.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const options = (form) => {
  const { publicKey } = JSON.parse(form.dataset.options);
  const read = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) {
    read.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  }
  read.allowCredentials = known(publicKey.allowCredentials);
  read.excludeCredentials = known(publicKey.excludeCredentials);
  return read;
};

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

const said = (credential) => {
  const response = {};
  for (const part of PARTS) {
    if (credential.response[part]) {
      response[part] = text(credential.response[part]);
    }
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
};

const ask = async (form) => {
  const says = form.querySelector("[data-passkey-says]");
  says.textContent = "";
  try {
    const asked = { publicKey: options(form) };
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create(asked)
        : await navigator.credentials.get(asked);
    form.elements.credential.value = JSON.stringify(said(credential));
    form.submit();
  } catch {
    says.textContent = form.querySelector("[data-passkey-failed]").content.textContent;
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (window.PublicKeyCredential) {
    form.querySelector("[data-passkey-needs]").hidden = true;
    form.querySelector("[data-passkey-button]").hidden = false;
  }
  form.addEventListener("submit", (event) => {
    if (event.submitter?.closest("[data-passkey-button]")) {
      event.preventDefault();
      ask(form);
    }
  });
}
