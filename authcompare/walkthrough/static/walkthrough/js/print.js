/* The print button of the booklet. */

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
