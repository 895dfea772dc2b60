from django.utils.translation import gettext_lazy as _

from authcompare.experiments.base import Choice, Experiment

TAKES, ACTS, NOTHING = "takes the credential away", "can only act while the page is open", "can do nothing"


class StealByScript(Experiment):
    slug = "steal-by-script"
    title = _("Stolen by a script")
    question = _(
        "A library that your page loads has been changed by somebody else, so their script runs in your page. What can "
        "it do with your credential?"
    )
    choices = [
        Choice(
            TAKES,
            _("Take it away, and use it from anywhere."),
            _("A script that runs in the page can read all that the page has."),
        ),
        Choice(
            ACTS,
            _("Not read it, but act as you while the page is open."),
            _("Browsers keep every credential from scripts."),
        ),
        Choice(NOTHING, _("Nothing: it is kept from scripts."), _("What a script can not read, it can not use.")),
    ]
    rows = ["theft", "security"]
    browser = True
    attack = TAKES
    fix = _(
        "Keep the credential in an HttpOnly cookie. And let no foreign script in: that is still there to act as the "
        "user while the page is open."
    )
    explanation = _(
        "The script comes from this site's own address, so its content security policy lets it in. HttpOnly keeps a "
        "cookie from it; localStorage keeps nothing from anybody in the page, nor does a variable that the page sends "
        "a header from. Whoever takes a credential away can use it until it ends. Whoever can not still has your hands "
        "for as long as the page is open: the browser adds the cookie, and the script reads the CSRF token."
    )
    sources = [
        (
            "OWASP HTML5 Security Cheat Sheet: Local Storage",
            "https://cheatsheetseries.owasp.org/cheatsheets/HTML5_Security_Cheat_Sheet.html#local-storage",
        ),
        ("RFC 6265, section 4.1.2.6: HttpOnly", "https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2.6"),
    ]

    def expected(self, variant):
        return TAKES if variant.transport.readable else ACTS
