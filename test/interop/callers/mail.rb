# SPDX-License-Identifier: ISC
# mail.rb NAME

require 'mail'

name = ARGV[0]
text = $stdin.read
Mail.defaults { delivery_method :sendmail }
Mail.deliver do
  self.charset = 'UTF-8'
  from 'bob@example.com'
  to "#{name}@example.org"
  cc "#{name}.cc@example.org"
  bcc "#{name}.bcc@example.org"
  subject 'Grüße'
  body text
end
