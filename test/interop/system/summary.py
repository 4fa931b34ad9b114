# SPDX-License-Identifier: ISC
#
# What unattended-upgrades does when it is done: its own code for the mail.

import importlib.machinery
import importlib.util
import io

import apt_pkg

loader = importlib.machinery.SourceFileLoader("uu", "/usr/bin/unattended-upgrade")
uu = importlib.util.module_from_spec(
    importlib.util.spec_from_loader("uu", loader))
loader.exec_module(uu)
apt_pkg.init_config()
apt_pkg.config.set("Unattended-Upgrade::Mail", "root")
uu.host = lambda: "web1"
uu.send_summary_mail(["openssl"], True, "All upgrades installed", uu.KeptPkgs(set),
    [], set(), io.StringIO("log\n"), "Grüße\n.\n..end")
