;; SPDX-License-Identifier: ISC
;; emacs -l message.el NAME: what M-x message-mail makes of a draft.

(require 'message)
(setq user-full-name "Alice"
      user-mail-address "alice@example.com"
      message-send-mail-function #'message-send-mail-with-sendmail)
(let ((name (pop command-line-args-left)))
  (message-mail (concat name "@example.org") "Grüße"
		`((Cc . ,(concat name ".cc@example.org"))
		  (Bcc . ,(concat name ".bcc@example.org"))))
  (message-goto-body)
  (insert-file-contents "/dev/stdin")
  (message-send))
