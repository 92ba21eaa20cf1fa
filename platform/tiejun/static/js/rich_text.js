/*
 * An editor for rich text beside a textarea: <div class="tj-rich" id="rich" data-field="(its id)" hidden>. The textarea
 * stays the form's field: whatever is written in the editor is copied into it, and where this script does not run,
 * people write into the textarea itself. Pictures can be sent where the form says to which address (data-images).
 */
(function () {
  "use strict";

  var rich = document.getElementById("rich");
  if (!rich || !window.wangEditor) { return; }
  var field = document.getElementById(rich.getAttribute("data-field"));
  var form = field.form;
  var label = document.querySelector('label[for="' + field.id + '"]');

  /* What the server keeps (tiejun.html), and nothing that it would take out again. */
  var TOOLS = [
    "header3", "header4", "blockquote", "|", "bold", "underline", "through", "sub", "sup", "clearStyle", "|",
    "bulletedList", "numberedList", "insertTable", "|", "insertLink", "uploadImage", "|", "undo", "redo",
  ].filter(function (tool) { return tool !== "uploadImage" || form.hasAttribute("data-images"); });

  /** Shows what went wrong under the text; nothing hides it again. */
  function complain(words) {
    var place = document.getElementById("rich-err");
    place.textContent = words;
    place.hidden = !words;
  }

  /** Sends one picture; `insert(address, description)` puts it into the text. */
  function upload(file, insert) {
    var data = new FormData();
    data.append("image", file);
    data.append("csrf_token", form.elements.namedItem("csrf_token").value);
    complain("");
    fetch(form.getAttribute("data-images"), { method: "POST", body: data, credentials: "same-origin" })
      .then(function (reply) {
        var type = reply.headers.get("content-type") || "";
        return type.indexOf("json") < 0 ? { message: String(reply.status) } : reply.json();
      })
      .catch(function () { return { message: form.getAttribute("data-say-offline") }; })
      .then(function (answer) {
        if (answer.url) {
          insert(answer.url, file.name.replace(/\.[^.]*$/, ""), "");
        } else {
          complain(form.getAttribute("data-say-image") + file.name + " " + answer.message);
        }
      });
  }

  /** Names the editor's buttons for screen readers: the library gives them only a tooltip. */
  function nameButtons() {
    Array.prototype.forEach.call(rich.querySelectorAll("button"), function (button) {
      var words = button.getAttribute("data-tooltip") || button.textContent.trim();
      if (words && !button.getAttribute("aria-label")) { button.setAttribute("aria-label", words.replace("\n", " ")); }
      button.setAttribute("type", "button");
    });
  }

  /*
   * The library clears the style attribute of its panels as text, which the page's policy stops. Through the CSSOM the
   * same is allowed. For this page only.
   */
  var setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) { this.style.cssText = value; } else { setAttribute.call(this, name, value); }
  };

  rich.hidden = false;
  window.wangEditor.i18nChangeLanguage(document.documentElement.lang === "en" ? "en" : "zh-CN");
  var editor = window.wangEditor.createEditor({
    selector: "#rich-text",
    html: field.value.indexOf("<") < 0 ? "" : field.value,
    mode: "simple",
    config: {
      autoFocus: false,
      scroll: true,
      placeholder: "",
      MENU_CONF: { uploadImage: { customUpload: upload, allowedFileTypes: [".png", ".jpg", ".jpeg"] } },
      hoverbarKeys: {
        link: { menuKeys: ["editLink", "unLink"] },
        image: { menuKeys: ["deleteImage"] },
        table: { menuKeys: ["tableHeader", "insertTableRow", "deleteTableRow", "insertTableCol", "deleteTableCol", "deleteTable"] },
      },
      onChange: function (changed) {
        var html = changed.isEmpty() ? "" : changed.getHtml();
        if (html !== field.value) {
          field.value = html;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }
      },
    },
  });
  window.wangEditor.createToolbar({
    editor: editor, selector: "#rich-tools", mode: "simple", config: { toolbarKeys: TOOLS },
  });
  if (field.value && field.value.indexOf("<") < 0) { editor.setHtml(field.value); }

  var area = rich.querySelector("[contenteditable]");
  area.setAttribute("role", "textbox");
  area.setAttribute("aria-multiline", "true");
  label.id = label.id || field.id + "-label";
  area.setAttribute("aria-labelledby", label.id);
  if (field.getAttribute("aria-invalid")) { area.setAttribute("aria-invalid", "true"); }
  field.hidden = true;
  label.addEventListener("click", function () { editor.focus(); });
  nameButtons();
  new MutationObserver(nameButtons).observe(rich, { childList: true, subtree: true });

  /* A draft that was restored (case_draft.js) goes into the editor, too. */
  field.addEventListener("tj:restored", function () { editor.setHtml(field.value); });
}());
