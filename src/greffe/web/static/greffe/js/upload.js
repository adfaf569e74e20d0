// Files one at a time, with progress, to the address of the plain form; then the page that answers gives its
// list of files to this page. Every word comes from the form's data attributes. Without this script the
// plain form does the same in one request.

const HALF = 50;

class Upload {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.input = form.querySelector("input[type=file]");
    this.list = document.querySelector("[data-upload-list]");
    this.status = document.querySelector("[data-upload-status]");
    this.queue = [];
    this.sending = null;
    form.querySelector("[data-upload-plain]").hidden = true;
    this.input.required = false;
    this.input.hidden = true;
    this.choose = this.chooser();
    this.input.addEventListener("change", () => this.take(this.input.files));
    form.addEventListener("submit", (event) => event.preventDefault());
    this.acceptDrops();
    window.addEventListener("beforeunload", (event) => {
      if (this.sending) {
        event.preventDefault();
      }
    });
  }

  // The browser's own control speaks the browser's language; this button speaks the page's.
  chooser() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-secondary drop-choose";
    button.textContent = this.words.choose;
    button.setAttribute("aria-describedby", this.input.getAttribute("aria-describedby"));
    button.addEventListener("click", () => this.input.click());
    this.input.after(button);
    return button;
  }

  acceptDrops() {
    const invitation = document.createElement("p");
    invitation.className = "drop-invitation";
    invitation.textContent = this.words.dropHere;
    this.choose.after(invitation);
    this.form.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.form.dataset.over = "";
    });
    this.form.addEventListener("dragleave", (event) => {
      if (!this.form.contains(event.relatedTarget)) {
        delete this.form.dataset.over;
      }
    });
    this.form.addEventListener("drop", (event) => {
      event.preventDefault();
      delete this.form.dataset.over;
      this.take(event.dataTransfer.files);
    });
  }

  take(files) {
    let room = this.room();
    for (const file of files) {
      const line = new Line(file, this);
      this.list.append(line.element);
      const fault = this.faultOf(file, room);
      if (fault) {
        line.fail(fault, false);
      } else {
        room -= 1;
        this.queue.push(line);
      }
    }
    this.list.hidden = this.list.children.length === 0;
    this.input.value = "";
    this.next();
  }

  room() {
    const there = document.querySelectorAll(".file-list .file-line").length;
    return Number(this.words.maxFiles) - there - this.queue.length - (this.sending ? 1 : 0);
  }

  faultOf(file, room) {
    if (file.size === 0) {
      return this.words.empty;
    }
    if (file.size > Number(this.words.maxBytes)) {
      return this.words.tooLarge;
    }
    return room < 1 ? this.words.tooMany : "";
  }

  next() {
    if (this.sending || this.queue.length === 0) {
      return;
    }
    this.sending = this.queue.shift();
    this.send(this.sending);
  }

  send(line) {
    const body = new FormData(this.form);
    body.delete(this.input.name);
    body.append(this.input.name, line.file, line.file.name);
    const request = new XMLHttpRequest();
    line.begin(() => request.abort());
    this.say(`${this.words.sending} ${line.file.name}`);
    request.upload.addEventListener("progress", (event) => line.advance(event));
    request.upload.addEventListener("load", () => line.wait());
    request.addEventListener("load", () => this.answered(line, request));
    request.addEventListener("error", () => this.failed(line, this.words.lost));
    request.addEventListener("timeout", () => this.failed(line, this.words.lost));
    request.addEventListener("abort", () => this.drop(line));
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "text/html");
    request.responseType = "document";
    request.send(body);
  }

  answered(line, request) {
    const page = request.response;
    const regions = this.words.regions.split(" ");
    if (page && regions.every((id) => page.getElementById(id))) {
      this.show(page, regions);
      const summary = this.refusalIn(page);
      if (summary) {
        this.failed(line, summary);
      } else {
        this.say(`${line.file.name}: ${this.words.added}`);
        this.drop(line);
      }
      return;
    }
    const elsewhere = request.status < 400 || request.status === 401 || request.status === 403;
    this.failed(line, elsewhere ? this.words.signedOut : this.words.refused);
  }

  show(page, regions) {
    for (const id of regions) {
      document.getElementById(id).replaceWith(document.importNode(page.getElementById(id), true));
    }
  }

  refusalIn(page) {
    const lines = [...page.querySelectorAll(".error-summary li")];
    return lines.map((item) => item.textContent.trim()).join(" ");
  }

  failed(line, words) {
    line.fail(words, true);
    this.done();
  }

  drop(line) {
    line.element.remove();
    this.list.hidden = this.list.children.length === 0;
    this.done();
  }

  done() {
    this.sending = null;
    this.next();
  }

  again(line) {
    line.reset();
    this.queue.push(line);
    this.next();
  }

  say(words) {
    this.status.textContent = words;
  }
}

class Line {
  constructor(file, upload) {
    this.file = file;
    this.upload = upload;
    this.words = upload.words;
    this.element = document.createElement("li");
    this.element.className = "upload-line tone-information";
    this.name = this.part("p", "");
    this.name.append(Object.assign(document.createElement("bdi"), { textContent: file.name }));
    this.message = this.part("p", "small upload-message");
    this.bar = this.part("progress", "progress");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.buttons = this.part("div", "file-actions");
    this.reset();
  }

  part(kind, classes) {
    const element = document.createElement(kind);
    element.className = classes;
    this.element.append(element);
    return element;
  }

  reset() {
    this.element.className = "upload-line tone-information";
    this.message.textContent = this.words.waiting;
    this.bar.hidden = false;
    this.bar.value = 0;
    this.buttons.replaceChildren();
  }

  begin(cancel) {
    this.message.textContent = this.words.sending;
    this.button(this.words.cancel, cancel);
  }

  advance(event) {
    const percent = Math.floor((event.loaded / event.total) * 100);
    if (this.bar.value < HALF && percent >= HALF && percent < 100) {
      this.upload.say(`${this.file.name}: ${HALF} %`);
    }
    this.bar.value = percent;
    this.message.textContent = `${this.words.sending} ${percent}\u00a0%`;
  }

  wait() {
    this.bar.value = 100;
    this.message.textContent = this.words.checking;
    this.buttons.replaceChildren();
  }

  fail(words, again) {
    this.element.className = "upload-line tone-danger";
    this.bar.hidden = true;
    this.message.textContent = words;
    this.upload.say(`${this.file.name}: ${words}`);
    this.buttons.replaceChildren();
    if (again) {
      this.button(this.words.tryAgain, () => this.upload.again(this));
    }
    this.button(this.words.dismiss, () => {
      this.element.remove();
      this.upload.choose.focus();
    });
  }

  button(words, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-secondary button-small";
    button.textContent = words;
    button.append(Object.assign(document.createElement("span"), {
      className: "visually-hidden",
      textContent: ` ${this.file.name}`,
    }));
    button.addEventListener("click", action);
    this.buttons.append(button);
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  new Upload(form);
}
