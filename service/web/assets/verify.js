// Makes /verify nicer: drop a file anywhere on the field, paste a picture, send at once. Without it the form works.
(function () {
  "use strict";
  var drop = document.querySelector("[data-drop]");
  if (!drop) return;
  var form = drop.closest("form");
  var file = form.querySelector("input[type=file]");

  function send(files) {
    if (!files || !files.length) return;
    file.files = files;
    form.requestSubmit();
  }

  ["dragenter", "dragover"].forEach(function (kind) {
    drop.addEventListener(kind, function (event) {
      event.preventDefault();
      drop.classList.add("over");
    });
  });
  drop.addEventListener("dragleave", function () { drop.classList.remove("over"); });
  drop.addEventListener("drop", function (event) {
    event.preventDefault();
    drop.classList.remove("over");
    send(event.dataTransfer.files);
  });
  document.addEventListener("paste", function (event) {
    if (event.clipboardData && event.clipboardData.files.length) send(event.clipboardData.files);
  });
  document.querySelectorAll("input[type=file]").forEach(function (input) {
    input.addEventListener("change", function () { if (input.files.length) input.form.requestSubmit(); });
  });
})();
