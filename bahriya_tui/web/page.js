// Keys go to the screens at once, without a click.
addEventListener("load", () => document.querySelector(".xterm-helper-textarea").focus());
