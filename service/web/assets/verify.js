// Makes /verify nicer: drop a file anywhere, paste a picture, send at once. Without it the form works.
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

  // Anywhere on the page: beside the field the browser would open the file instead.
  ["dragenter", "dragover"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      event.preventDefault();
      drop.classList.add("over");
    });
  });
  document.addEventListener("dragleave", function (event) {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  document.addEventListener("drop", function (event) {
    event.preventDefault();
    drop.classList.remove("over");
    send(event.dataTransfer.files);
  });
  document.addEventListener("paste", function (event) {
    if (event.clipboardData && event.clipboardData.files.length) send(event.clipboardData.files);
  });
  scanWithCamera(form.querySelector("[data-camera]"), form.querySelector("video"));

  // Where the browser reads codes itself the camera scans; elsewhere it takes one picture, which the service reads.
  function scanWithCamera(button, video) {
    if (!button || !video || !navigator.mediaDevices) return;
    var detector = null;
    var stream = null;
    var label = button.textContent;
    readsCodes().then(function (reads) {
      if (reads) detector = new BarcodeDetector({ formats: ["qr_code"] });
      button.hidden = false;
    });

    function readsCodes() {
      if (!("BarcodeDetector" in window)) return Promise.resolve(false);
      return BarcodeDetector.getSupportedFormats().then(function (formats) {
        return formats.indexOf("qr_code") >= 0;
      }, function () { return false; });
    }
    function stop() {
      if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
      stream = null;
      video.hidden = true;
      button.textContent = label;
    }
    function look() {
      if (!stream) return;
      detector.detect(video).then(function (codes) {
        if (!stream) return;
        if (!codes.length) return void window.requestAnimationFrame(look);
        form.querySelector("textarea").value = codes[0].rawValue;
        stop();
        form.requestSubmit();
      }, function () { window.requestAnimationFrame(look); });
    }
    function take() {
      var canvas = document.createElement("canvas");
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0);
      stop();
      canvas.toBlob(function (blob) {
        var picture = new DataTransfer();
        picture.items.add(new File([blob], "code.png", { type: "image/png" }));
        send(picture.files);
      }, "image/png");
    }
    button.addEventListener("click", function () {
      if (stream && !detector && video.videoWidth) return take();
      if (stream) return stop();
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } }).then(function (opened) {
        stream = opened;
        video.srcObject = opened;
        video.hidden = false;
        button.textContent = detector ? button.dataset.stop : button.dataset.take;
        video.play().then(function () { if (detector) look(); });
      }, function () {
        button.textContent = button.dataset.none;
        button.disabled = true;
      });
    });
  }
  document.querySelectorAll("input[type=file]").forEach(function (input) {
    input.addEventListener("change", function () { if (input.files.length) input.form.requestSubmit(); });
  });
})();
